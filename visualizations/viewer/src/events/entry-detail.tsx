import { useEffect, useMemo } from 'preact/hooks';
import type { ActorRow, Entry } from '../../../../src/io/inspect/protocol.ts';
import { contextDiff, MAX_CHANGES, type ContextChange } from '../context/context-diff.ts';
import { CopyButton } from '../context/copy-button.tsx';
import { JsonTree } from '../context/json-tree.tsx';
import type { PanelProps } from '../model/panel.ts';
import { exactTime, sinceStart } from '../timeline/time-format.ts';

type EntryDetailProps = PanelProps & {
  readonly entry: Entry;
  readonly actor: ActorRow;
  readonly startedAt: number;
  readonly close: () => void;
};

/** All of one event: what it carried, what it did, and how the context changed by it. */
export function EntryDetail(props: EntryDetailProps) {
  const { store, send, choose, entry, actor, startedAt, close } = props;
  const { seq, at, from, event, taken, count } = entry;
  const { id, system } = actor;
  useEffect(() => send({ type: 'contexts', id, seq }), [id, seq, send]);
  const { type, ...payload } = event;
  const hasPayload = Object.keys(payload).length > 0;
  return (
    <section class="entry-detail" aria-label={`Event ${type}`}>
      <header>
        <strong class="mono">{type}</strong>
        {count > 1 && <span class="dim">the last of {count}</span>}
        <span class="spacer" />
        {store.recording.value !== null && (
          <button type="button" class="button" onClick={() => send({ type: 'goToTime', at })}>
            Go there
          </button>
        )}
        <CopyButton label="Copy JSON" textOf={() => JSON.stringify(entry, null, 2)} />
        <button type="button" class="button" aria-label="Close the event" onClick={close}>
          ×
        </button>
      </header>
      <p class="dim numbers">
        {sinceStart(at, startedAt)}, at {exactTime(at)}
        {from !== null && (
          <>
            {', from '}
            <button
              type="button"
              class="entry-link mono"
              onClick={() => choose({ system, path: from })}
            >
              {from}
            </button>
          </>
        )}
      </p>
      {entry.kind === 'received' && actor.machine !== null && <Taken taken={taken} />}
      <ContextChanges {...{ store, send, id, seq, count }} />
      <h3>Payload</h3>
      {hasPayload ? (
        <div class="entry-payload">
          <JsonTree value={payload} label={`Payload of ${type}`} />
        </div>
      ) : (
        <p class="dim">It carries nothing but its type.</p>
      )}
    </section>
  );
}

function Taken({ taken }: Pick<Entry, 'taken'>) {
  return (
    <>
      <h3>Transitions</h3>
      {taken.length === 0 ? (
        <p class="dim">None: it was not handled in this state.</p>
      ) : (
        <ul class="entry-transitions mono">
          {taken.map((key) => (
            <li key={key}>{key}</li>
          ))}
        </ul>
      )}
    </>
  );
}

type ContextChangesProps = Pick<PanelProps, 'store' | 'send'> & {
  readonly id: number;
  readonly seq: number;
  readonly count: number;
};

function ContextChanges({ store, send, id, seq, count }: ContextChangesProps) {
  const contexts = store.contexts.value;
  const known = contexts?.id === id && contexts.seq === seq ? contexts : null;
  const changes = useMemo(() => known && contextDiff(known.before, known.after), [known]);
  return (
    <>
      <h3>
        Context
        {count > 1 && (
          <button
            type="button"
            class="entry-link"
            title="It was repeated: show what the last one changed"
            onClick={() => send({ type: 'contexts', id, seq })}
          >
            look again
          </button>
        )}
      </h3>
      <ChangeList
        changes={changes}
        isForgotten={known !== null && known.before === null && known.after === null}
      />
    </>
  );
}

type ChangeListProps = {
  readonly changes: readonly ContextChange[] | null;
  readonly isForgotten: boolean;
};

function ChangeList({ changes, isForgotten }: ChangeListProps) {
  if (changes === null) return <p class="dim">Asking …</p>;
  if (isForgotten) {
    return <p class="dim">The contexts around this event are no longer known, or it has none.</p>;
  }
  if (changes.length === 0) return <p class="dim">The event left it as it was.</p>;
  return (
    <ul class="context-changes mono">
      {changes.slice(0, MAX_CHANGES).map(({ kind, path, before, after }) => (
        <li key={path} class={`is-${kind}`}>
          <span class="sign" aria-label={kind}>
            {SIGNS[kind]}
          </span>
          <span class="path">{path === '' ? 'context' : path.slice(1)}</span>
          {before !== null && <del>{before}</del>}
          {kind === 'changed' && <span class="dim">→</span>}
          {after !== null && <ins>{after}</ins>}
        </li>
      ))}
      {changes.length > MAX_CHANGES && (
        <li class="dim">and {changes.length - MAX_CHANGES} changes more</li>
      )}
    </ul>
  );
}

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;
