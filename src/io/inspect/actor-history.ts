import type { AnyTransitionDefinition, EventObject, StateValue } from 'xstate';
import { transitionOf } from '../coverage/machine-transitions.ts';
import type { StateChange } from './protocol.ts';

/** Something that happened to an actor, as it is kept: encoded only when somebody looks. */
export type KeptEntry = {
  readonly seq: number;
  /** Of the history, when the entry was made or repeated. */
  revision: number;
  at: number;
  readonly kind: 'received' | 'emitted';
  readonly from: string | null;
  event: EventObject;
  count: number;
  taken: readonly AnyTransitionDefinition[];
  readonly value: StateValue | null;
  /** Contexts are never changed in place, so to keep one costs a reference. */
  before: unknown;
  after: unknown;
};

/** What happened, as the actor's ear tells it. */
export type Happening = Pick<
  KeptEntry,
  'at' | 'kind' | 'from' | 'event' | 'taken' | 'value' | 'before' | 'after'
>;

type TransitionCount = { readonly key: string; count: number; revision: number };

const MAX_ENTRIES = 50;
const MAX_STATES = 64;
/** High-rate data comes as several types in turn: levels, and statistics among them. */
const TYPES_IN_TURN = 4;

/**
 * The last of what happened to one actor, and how often it took each transition.
 *
 * Limits: 50 entries and 64 states, the oldest go; a count for each transition of the machine.
 */
export class ActorHistory {
  readonly #entries: KeptEntry[];
  readonly #states: StateChange[];
  readonly #counts: Map<string, TransitionCount>;
  /** Each machine that `provide` made has definitions of its own for the same transitions. */
  readonly #countOf = new Map<AnyTransitionDefinition, TransitionCount>();
  #revision: number;
  #lastSeq: number;

  constructor(from?: ActorHistory) {
    this.#entries = from ? from.#entries.map((entry) => ({ ...entry })) : [];
    this.#states = from ? [...from.#states] : [];
    this.#counts = new Map(from && [...from.#counts].map(([key, count]) => [key, { ...count }]));
    this.#revision = from ? from.#revision : 0;
    this.#lastSeq = from ? from.#lastSeq : 0;
  }

  /** Grows with whatever happens. */
  get revision(): number {
    return this.#revision;
  }

  /** So many entries were made so far. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** In the order in which they were made, or repeated last. */
  get entries(): readonly KeptEntry[] {
    return this.#entries;
  }

  /** Oldest first. */
  get states(): readonly StateChange[] {
    return this.#states;
  }

  /** How often transitions were taken that were taken after `revision`, by their keys. */
  countsSince(revision: number): Readonly<Record<string, number>> {
    const grown = [...this.#counts.values()].filter((one) => one.revision > revision);
    return Object.fromEntries(grown.map(({ key, count }) => [key, count]));
  }

  count(taken: AnyTransitionDefinition): void {
    const known = this.#countOf.get(taken) ?? this.#meet(taken);
    if (!known) return;
    known.count += 1;
    known.revision = this.#revision + 1;
  }

  enter(at: number, value: StateValue): void {
    this.#states.push({ at, value });
    if (this.#states.length > MAX_STATES) this.#states.shift();
  }

  add(happening: Happening): void {
    this.#revision += 1;
    const { at, event, taken, before, after } = happening;
    const like = happening.value === null ? this.#takeLike(happening) : undefined;
    if (like) {
      like.revision = this.#revision;
      like.at = at;
      like.event = event;
      like.count += 1;
      like.taken = taken;
      like.before = before;
      like.after = after;
      this.#entries.push(like);
      return;
    }
    this.#lastSeq += 1;
    this.#entries.push({ seq: this.#lastSeq, revision: this.#revision, count: 1, ...happening });
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }

  /** Takes out the entry that this one repeats: none of a state before the current one. */
  #takeLike({ kind, event: { type }, from }: Happening): KeptEntry | undefined {
    const oldest = Math.max(0, this.#entries.length - TYPES_IN_TURN);
    for (let index = this.#entries.length - 1; index >= oldest; index -= 1) {
      const entry = this.#entries[index];
      if (!entry || entry.value !== null) return undefined;
      if (entry.event.type !== type || entry.kind !== kind || entry.from !== from) continue;
      this.#entries.splice(index, 1);
      return entry;
    }
    return undefined;
  }

  #meet(taken: AnyTransitionDefinition): TransitionCount | undefined {
    const key = transitionOf(taken)?.key;
    if (key === undefined) return undefined;
    const count = this.#counts.get(key) ?? { key, count: 0, revision: 0 };
    this.#counts.set(key, count);
    this.#countOf.set(taken, count);
    return count;
  }
}
