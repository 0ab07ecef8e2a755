import type { StateValue } from 'xstate';
import type { ActorAddress, ActorRow, TimelineRow } from '../../../../src/io/inspect/protocol.ts';
import { laneStates, type LaneState } from './lane-states.ts';

/** A region was in one state from a time to another. */
export type Segment = {
  readonly lane: string;
  /** The outer before the inner ones; the last names the bar. */
  readonly states: readonly string[];
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
};

/** Segments of one region, oldest first. */
export type Lane = { readonly name: string; readonly segments: readonly Segment[] };

/** An actor over time; one that was started again goes on in the same row. */
export type ModelRow = ActorAddress & {
  readonly name: string;
  readonly lanes: readonly Lane[];
  /** What was before is forgotten; null where all of it is there. */
  readonly forgottenBefore: number | null;
};

type KeptRow = ActorAddress & {
  readonly name: string;
  readonly lanes: Map<string, Segment[]>;
  forgottenBefore: number | null;
};

const MAX_SEGMENTS = 10_000;
/** Taken away at once, since looking for the oldest costs a walk over all. */
const TRIM_SHARE = 0.1;

/** Names an actor within the page. */
export const addressKey = ({ system, path }: ActorAddress): string => `${system} ${path}`;

/**
 * States of actors over time.
 *
 * Limit: 10,000 segments. Then the oldest tenth of those that are over goes, and rows that have none left.
 */
export class TimelineModel {
  readonly #rows = new Map<string, KeptRow>();
  readonly #maxSegments: number;
  #segments = 0;
  #shape = 0;

  constructor(maxSegments = MAX_SEGMENTS) {
    this.#maxSegments = maxSegments;
  }

  /** Grows when rows or lanes come or go, and not with their segments. */
  get shape(): number {
    return this.#shape;
  }

  /** In the order in which they came; the segments in them go on by themselves. */
  get rows(): readonly ModelRow[] {
    return [...this.#rows.values()].map(({ system, path, name, lanes, forgottenBefore }) => ({
      system,
      path,
      name,
      forgottenBefore,
      lanes: [...lanes].map(([lane, segments]) => ({ name: lane, segments })),
    }));
  }

  /** When the first of what is kept began, and the last change; null where there is nothing. */
  get extent(): { readonly from: number; readonly to: number } | null {
    let [from, to] = [Infinity, -Infinity];
    for (const segments of this.#allLanes()) {
      const [first, last] = [segments[0], segments.at(-1)];
      if (!first || !last) continue;
      from = Math.min(from, first.from);
      to = Math.max(to, last.to ?? last.from);
    }
    return from <= to ? { from, to } : null;
  }

  /** A row with its past. */
  begin({ system, path, name, changes, endedAt }: Omit<TimelineRow, 'id'>): void {
    for (const { at, value } of changes) this.enter({ system, path, name }, at, value);
    if (endedAt !== null) this.end({ system, path }, endedAt);
  }

  /** What a row of the tree says now, at the time of the message that brought it. */
  follow(row: ActorRow, at: number): void {
    const { value, endedAt, startedAt } = row;
    if (value === null) return;
    const lanes = this.#rows.get(addressKey(row))?.lanes.values() ?? [];
    const isOpen = [...lanes].some((segments) => segments.at(-1)?.to === null);
    if (endedAt === null || isOpen) {
      this.enter(row, Math.min(isOpen ? at : startedAt, endedAt ?? Infinity), value);
    }
    if (endedAt !== null) this.end(row, endedAt);
  }

  enter(row: ActorAddress & { readonly name: string }, from: number, value: StateValue): void {
    const { lanes } = this.#rowOf(row);
    const states = laneStates(value);
    for (const state of states) this.#enterLane(lanes, state, from);
    for (const [lane, segments] of lanes) {
      if (!states.some((state) => state.lane === lane)) closeLast(segments, from);
    }
    if (this.#segments > this.#maxSegments) this.#trim();
  }

  end(address: ActorAddress, at: number): void {
    for (const segments of this.#rows.get(addressKey(address))?.lanes.values() ?? []) {
      closeLast(segments, at);
    }
  }

  clear(): void {
    this.#rows.clear();
    this.#segments = 0;
    this.#shape += 1;
  }

  #rowOf({ system, path, name }: ActorAddress & { readonly name: string }): KeptRow {
    const key = addressKey({ system, path });
    const known = this.#rows.get(key);
    if (known) return known;
    const row: KeptRow = { system, path, name, lanes: new Map(), forgottenBefore: null };
    this.#rows.set(key, row);
    this.#shape += 1;
    return row;
  }

  #enterLane(lanes: Map<string, Segment[]>, { lane, states }: LaneState, from: number): void {
    const segments = lanes.get(lane) ?? [];
    if (!lanes.has(lane)) this.#shape += 1;
    lanes.set(lane, segments);
    const last = segments.at(-1);
    if (last?.to === null && last.states.join('.') === states.join('.')) return;
    closeLast(segments, from);
    segments.push({ lane, states, from, to: null });
    this.#segments += 1;
  }

  #trim(): void {
    const ends = [...this.#allLanes()]
      .flat()
      .flatMap(({ to }) => to ?? [])
      .sort((one, other) => one - other);
    const forgotten = ends[Math.floor(this.#maxSegments * TRIM_SHARE)] ?? ends.at(-1);
    if (forgotten === undefined) return;
    this.#shape += 1;
    for (const [key, row] of this.#rows) {
      for (const segments of row.lanes.values()) {
        const kept = segments.findIndex(({ to }) => to === null || to > forgotten);
        const gone = segments.splice(0, kept < 0 ? segments.length : kept);
        this.#segments -= gone.length;
        if (gone.length > 0) row.forgottenBefore = forgotten;
      }
      if ([...row.lanes.values()].every(({ length }) => length === 0)) this.#rows.delete(key);
    }
  }

  *#allLanes(): Iterable<readonly Segment[]> {
    for (const { lanes } of this.#rows.values()) yield* lanes.values();
  }
}

function closeLast(segments: Segment[], at: number): void {
  const last = segments.at(-1);
  if (last?.to !== null) return;
  segments[segments.length - 1] = { ...last, to: Math.max(at, last.from) };
}
