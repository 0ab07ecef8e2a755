import { useComputed } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { ActorDetail, ActorRow } from '../../../../src/io/inspect/protocol.ts';
import type { PanelProps } from '../model/panel.ts';
import type { Store } from '../model/store.ts';
import { exactTime } from '../timeline/time-format.ts';
import { CopyButton } from './copy-button.tsx';
import './context-panel.css';
import { JsonTree } from './json-tree.tsx';
import { TimerList } from './timer-list.tsx';

/** What the chosen actor knows, and how it ended. */
export function ContextPanel({ store }: PanelProps) {
  const detail = store.detail.value;
  const [search, setSearch] = useState('');
  return (
    <section class="panel context-panel" aria-label="Context">
      <header class="panel-head">
        <h2 class="panel-title">Context</h2>
        <span class="spacer" />
        {detail && (
          <>
            <input
              class="input context-search"
              type="search"
              placeholder="Search"
              aria-label="Search in the context"
              value={search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
            <CopyButton label="Copy JSON" textOf={() => JSON.stringify(detail.context, null, 2)} />
          </>
        )}
      </header>
      {detail ? (
        <Known key={detail.id} store={store} detail={detail} search={search} />
      ) : (
        <Unknown store={store} />
      )}
    </section>
  );
}

type KnownProps = {
  readonly store: Store;
  readonly detail: ActorDetail;
  readonly search: string;
};

function Known({ store, detail, search }: KnownProps) {
  const { id } = detail;
  // Rows stand in a map that has no signal of its own; nothing is there before the first version.
  const row = useComputed(() => (store.version.value > 0 ? store.actors.get(id) : undefined)).value;
  return (
    <>
      {row && <Address row={row} />}
      <TimerList store={store} detail={detail} />
      <End detail={detail} error={row?.error ?? null} />
      <div class="panel-body">
        <ContextBody detail={detail} search={search} />
      </div>
    </>
  );
}

function ContextBody({ detail, search }: Omit<KnownProps, 'store'>) {
  if (detail.isTooBig) {
    return (
      <p class="panel-empty">
        This context is bigger than what is sent of one, so it is left out. States, events and
        timers are all here.
      </p>
    );
  }
  if (detail.context === null || detail.context === undefined) {
    return <p class="panel-empty">This actor has no context: it is no state machine.</p>;
  }
  return (
    <JsonTree value={detail.context} label="Context of the actor" search={search} marksChanges />
  );
}

function Address({ row }: { readonly row: ActorRow }) {
  const { system, path, startedAt, endedAt, restarts } = row;
  return (
    <div class="context-address">
      <code title={`${path} of ${system}`}>{path}</code>
      <CopyButton label="Copy address" textOf={() => `${system} ${path}`} />
      <span class="dim numbers">
        {exactTime(startedAt)}
        {endedAt !== null && ` to ${exactTime(endedAt)}`}
        {restarts > 0 && `, started again ×${restarts}`}
      </span>
    </div>
  );
}

type EndProps = { readonly detail: ActorDetail; readonly error: string | null };

function End({ detail: { status, output }, error }: EndProps) {
  if (status === 'active') return null;
  const hasOutput = output !== null && output !== undefined;
  return (
    <div class={`context-end is-${status}`}>
      <strong>{ENDS[status]}</strong>
      {error !== null && <pre>{error}</pre>}
      {hasOutput && (
        <div class="context-output">
          <JsonTree value={{ output }} label="Output of the actor" />
        </div>
      )}
    </div>
  );
}

const ENDS = {
  done: 'Ended by itself',
  stopped: 'Was stopped',
  error: 'Broke',
} as const;

function Unknown({ store }: { readonly store: Store }) {
  const missing = store.missingActor.value;
  return (
    <p class="panel-empty" role="status">
      {missing
        ? `There is no actor ${missing.path} in ${missing.system}, or no longer.`
        : 'Choose an actor to see what it knows.'}
    </p>
  );
}
