import { useComputed, useSignalEffect } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import type { Entry } from '../../../../src/io/inspect/protocol.ts';
import type { PanelProps } from '../model/panel.ts';
import type { Store } from '../model/store.ts';
import { EntryDetail } from './entry-detail.tsx';
import { EntryList } from './entry-list.tsx';
import { filterEntries } from './event-filter.ts';
import './events.css';
import { hold, waitingBehind, type HeldEntries } from './held-entries.ts';

const noneLost: ReadonlyMap<number, number> = new Map();

/** What happened to the chosen actor, the newest last. */
export function EventsPanel(props: PanelProps) {
  // All of the panel begins anew with another actor.
  const id = useComputed(() => props.store.detail.value?.id).value;
  return <Events key={id} {...props} />;
}

function Events({ store, send, choose }: PanelProps) {
  const detail = store.detail.value;
  const known = detail?.entries ?? NONE;
  const [text, setText] = useState('');
  const [onlyTransitions, setOnlyTransitions] = useState(false);
  const [held, setHeld] = useState<HeldEntries | null>(null);
  const [chosenSeq, setChosenSeq] = useState<number | null>(null);
  const all = held?.entries ?? known;
  const shown = useMemo(
    () => filterEntries(all, { text, onlyTransitions }),
    [all, text, onlyTransitions],
  );
  useSignalEffect(() => {
    const seq = entryAt(store, store.moment.value)?.seq;
    if (seq !== undefined) setChosenSeq(seq);
  });
  const row = detail ? store.actors.get(detail.id) : undefined;
  const startedAt = store.systems.get(row?.system ?? '')?.startedAt ?? row?.startedAt ?? 0;
  const chosen = all.find(({ seq }) => seq === chosenSeq);
  const waiting = held ? waitingBehind(held, known) : 0;
  return (
    <section class="panel events-panel" aria-label="Events">
      <header class="panel-head">
        <h2 class="panel-title">Events</h2>
        <span class="dim numbers" title="Shown of those that are known">
          {shown.length === all.length ? all.length : `${shown.length} of ${all.length}`}
        </span>
        <span class="spacer" />
        <input
          class="input events-filter"
          type="search"
          placeholder="Filter"
          aria-label="Filter events by type, sender, transition or payload"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button
          type="button"
          class="button"
          aria-pressed={onlyTransitions}
          title="Only events that took a transition"
          onClick={() => setOnlyTransitions(!onlyTransitions)}
        >
          Transitions
        </button>
        <button
          type="button"
          class="button numbers"
          aria-pressed={held !== null}
          title="Events go on arriving while the list stands still"
          onClick={() => setHeld(held ? null : hold(known))}
        >
          {held ? `Resume (${waiting} waiting)` : 'Pause'}
        </button>
      </header>
      {shown.length > 0 ? (
        <EntryList
          {...{ all, startedAt, chosenSeq }}
          entries={shown}
          lost={detail?.lost ?? noneLost}
          choose={setChosenSeq}
        />
      ) : (
        <p class="panel-empty">{emptyText(detail !== null, all.length)}</p>
      )}
      {chosen && row && detail && (
        <EntryDetail
          key={chosen.seq}
          entry={chosen}
          actor={row}
          {...{ store, send, choose, startedAt }}
          close={() => setChosenSeq(null)}
        />
      )}
    </section>
  );
}

const NONE: readonly Entry[] = [];

function emptyText(isActor: boolean, known: number): string {
  if (!isActor) return 'Choose an actor to see what happens to it.';
  return known === 0 ? 'Nothing has happened to it yet.' : 'No event is like that.';
}

/** The last one at or before a moment that somebody chose. */
function entryAt(store: Store, moment: number | null): Entry | undefined {
  if (moment === null) return undefined;
  return store.detail.peek()?.entries.findLast(({ at }) => at <= moment);
}
