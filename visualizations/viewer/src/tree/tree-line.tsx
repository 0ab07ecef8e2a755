import type { ActorRow, SystemRow } from '../../../../src/io/inspect/protocol.ts';
import { stateColour } from '../style/state-colour.ts';
import { actorName } from './actor-name.ts';
import { KindIcon } from './kind-icon.tsx';
import { shownStates } from './shown-states.ts';
import type { TreeRow } from './tree-rows.ts';

type TreeLineProps = {
  readonly domId: string;
  readonly row: TreeRow;
  readonly actor: ActorRow;
  readonly system: SystemRow | undefined;
  readonly topPx: number;
  readonly isChosen: boolean;
  readonly isCursor: boolean;
  /** How often its state changed on this page; null where the last time is long ago. */
  readonly flash: number | null;
  readonly onChoose: () => void;
  readonly onToggle: () => void;
};

export function TreeLine(props: TreeLineProps) {
  const { domId, row, actor, system, topPx, isChosen, isCursor, flash } = props;
  const isRoot = !actor.path.includes('/');
  const alertsOpen = isRoot ? (system?.alertsOpen ?? 0) : 0;
  const state = [
    isChosen && 'is-chosen',
    isCursor && 'is-cursor',
    actor.status !== 'active' && 'has-ended',
    isRoot && system?.kind === 'job' && system.identity === null && 'is-room-job',
    // Two names of one animation: it begins anew where the state changes again.
    flash !== null && (flash % 2 === 0 ? 'tree-flash-even' : 'tree-flash-odd'),
  ];
  return (
    <div
      id={domId}
      class={['tree-line', ...state].filter(Boolean).join(' ')}
      style={{ transform: `translateY(${topPx}px)`, '--level': row.level }}
      role="treeitem"
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={isChosen}
      {...(row.isOpen === null ? {} : { 'aria-expanded': row.isOpen })}
      data-path={actor.path}
      data-system={actor.system}
      onClick={props.onChoose}
      onDblClick={props.onToggle}
    >
      <span
        class="tree-arrow"
        aria-hidden="true"
        onClick={(event) => {
          if (row.isOpen === null) return;
          event.stopPropagation();
          props.onToggle();
        }}
      >
        {row.isOpen === null ? '' : row.isOpen ? '▾' : '▸'}
      </span>
      <KindIcon kind={isRoot && system ? system.kind : actor.kind} />
      <span class="tree-name" title={`${actor.system} ${actor.path}`}>
        <Name name={actorName(actor, system)} />
      </span>
      {isRoot && system?.kind === 'job' && <JobAbout system={system} />}
      {row.below > 0 && (
        <span class="tree-below numbers">
          {row.below.toLocaleString('en')}
          <span class="unseen"> actors below</span>
        </span>
      )}
      {alertsOpen > 0 && (
        <span class="tree-mark is-bad" title={alertsText(alertsOpen)}>
          <span aria-hidden="true">▲ {alertsOpen}</span>
          <span class="unseen"> {alertsText(alertsOpen)}</span>
        </span>
      )}
      <Supervision actor={actor} />
      <span class="tree-states">
        {shownStates(actor.value).map(({ state: name, path }) => (
          <span key={path} class="chip" title={path} style={{ '--tone': stateColour(name) }}>
            {name}
          </span>
        ))}
      </span>
    </div>
  );
}

/** Of `participant:alice` the first part is what it is, and the second who. */
function Name({ name }: { readonly name: string }) {
  const end = name.indexOf(':') + 1;
  return (
    <>
      {end > 0 && <span class="tree-name-kind">{name.slice(0, end)}</span>}
      <span>{name.slice(end)}</span>
    </>
  );
}

/** A job is called by its identity, or else by its room; here is the rest. */
function JobAbout({ system }: { readonly system: SystemRow }) {
  const about = [system.agent, system.identity === null ? null : system.room];
  return <span class="tree-about">{about.filter((text) => text !== null).join(' · ')}</span>;
}

const alertsText = (open: number): string => `${open} ${open === 1 ? 'alert' : 'alerts'}`;

/** What became of it beside its states. */
function Supervision({ actor: { restarts, error, status } }: { readonly actor: ActorRow }) {
  return (
    <>
      {restarts > 0 && (
        <span class="tree-mark is-warn" title={`started again ${restarts} times`}>
          restarts ×{restarts}
        </span>
      )}
      {status === 'error' && (
        <span class="tree-mark is-bad" title={error ?? undefined}>
          error{error === null ? '' : `: ${error}`}
        </span>
      )}
      {(status === 'done' || status === 'stopped') && <span class="tree-mark">{status}</span>}
    </>
  );
}
