import type { ActorDetail, Entry, RelayMessage } from './protocol.ts';

/** All that a viewer knows of the actor that it looks at. */
export type KnownActor = ActorDetail & {
  /** How many entries in front of one, by its `seq`, happened and are no longer known to anybody. */
  readonly lost: ReadonlyMap<number, number>;
};

export type ActorChanged = Extract<RelayMessage, { readonly type: 'actorChanged' }>;

const MAX_ENTRIES = 1_000;
const MAX_STATES = 1_000;

/** What is known of an actor after a message about its changes; of entries and states the oldest go. */
export function withChange(detail: KnownActor, change: ActorChanged): KnownActor {
  const { at, value, status, context, output, timers, counts, entries, isTooBig } = change;
  const states = entries.flatMap(({ at: changedAt, value: state }) =>
    state === null ? [] : [{ at: changedAt, value: state }],
  );
  return {
    id: detail.id,
    at,
    value,
    status,
    context,
    output,
    timers,
    isTooBig,
    counts: { ...detail.counts, ...counts },
    states: [...detail.states, ...states].slice(-MAX_STATES),
    entries: withEntries(detail.entries, entries),
    lost: withLost(detail, change),
  };
}

function withLost(
  { entries: known, lost }: KnownActor,
  { entries, entriesLost }: ActorChanged,
): KnownActor['lost'] {
  const lastSeq = Math.max(0, ...known.map(({ seq }) => seq));
  const first = entries.find(({ seq }) => seq > lastSeq);
  if (entriesLost === 0 || !first) return lost;
  const gaps = [...lost, [first.seq, entriesLost] as const];
  return new Map(gaps.slice(-MAX_ENTRIES));
}

/** One that is told again was repeated, and stands where it happened last. */
function withEntries(known: readonly Entry[], told: readonly Entry[]): readonly Entry[] {
  const repeated = new Set(told.map(({ seq }) => seq));
  return [...known.filter(({ seq }) => !repeated.has(seq)), ...told].slice(-MAX_ENTRIES);
}
