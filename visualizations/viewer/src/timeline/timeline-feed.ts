import { effect, signal, type ReadonlySignal } from '@preact/signals';
import type {
  ActorDetail,
  ActorRow,
  Mark,
  RoomTimeline,
  StateChange,
} from '../../../../src/io/inspect/protocol.ts';
import type { ActorsChange, Store } from '../model/store.ts';
import { LevelHistory } from './level-history.ts';
import { TimelineModel } from './timeline-model.ts';

/**
 * What a timeline shows, out of what the page is told: the room that is looked at and the chosen actor
 * while they live, or all of a recording.
 */
export class TimelineFeed {
  readonly room = new TimelineModel();
  /** Of the chosen actor alone: its times are exact, and it may be in no room. */
  readonly actor = new TimelineModel();
  readonly levels = new LevelHistory();
  readonly #store: Store;
  readonly #stops: readonly (() => void)[];
  readonly #version = signal(0);
  #taken: { readonly id: number; readonly last: StateChange | undefined } | null = null;

  constructor(store: Store) {
    this.#store = store;
    this.#stops = [
      effect(() => this.#begin(store.recording.value?.timeline ?? store.room.value)),
      effect(() => this.#takeDetail(store.detail.value)),
      effect(() => this.#takeLevels(store.levels.value)),
      store.watch((change) => this.#take(change)),
    ];
  }

  /** Grows with every change of what is shown. */
  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  /** Oldest first. */
  get marks(): readonly Mark[] {
    const { recording, room, marks } = this.#store;
    if (recording.value) return recording.value.timeline.marks;
    return [...(room.value?.marks ?? []), ...marks.value];
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #begin(timeline: RoomTimeline | null): void {
    this.room.clear();
    for (const row of timeline?.rows ?? []) this.room.begin(row);
    this.levels.begin(timeline?.levels ?? []);
    this.#grow();
  }

  #take({ added, changed }: ActorsChange): void {
    const { recording, room, systems, at } = this.#store;
    // The row of the chosen actor may come after what is known of it.
    if (this.#taken === null && added.length > 0) this.#takeDetail(this.#store.detail.peek());
    const name = room.peek()?.room;
    // A recording is known to its end: what the playhead passes is in it already.
    if (name === undefined || recording.peek() !== null) return;
    const isInRoom = ({ system }: ActorRow): boolean => systems.get(system)?.room === name;
    const rows = [...added, ...changed].filter(isInRoom);
    for (const row of rows) this.room.follow(row, at.peek());
    if (rows.length > 0) this.#grow();
  }

  #takeDetail(detail: ActorDetail | null): void {
    const row = detail ? this.#store.actors.get(detail.id) : undefined;
    if (!detail || !row) {
      this.actor.clear();
      this.#taken = null;
    } else {
      this.#takeStates(detail, row);
    }
    this.#grow();
  }

  #takeStates({ id, states, status, at }: ActorDetail, row: ActorRow): void {
    const last = this.#taken?.id === id ? this.#taken.last : undefined;
    const known = last ? states.lastIndexOf(last) : -1;
    // Told anew, as after a jump.
    if (known < 0) this.actor.clear();
    for (const change of states.slice(known + 1)) this.actor.enter(row, change.at, change.value);
    if (status !== 'active') this.actor.end(row, row.endedAt ?? at);
    this.#taken = { id, last: states.at(-1) };
  }

  #takeLevels(levels: Store['levels']['value']): void {
    if (!levels || this.#store.recording.peek()) return;
    this.levels.take(levels.at, levels.levels);
    this.#grow();
  }

  #grow(): void {
    this.#version.value = this.#version.peek() + 1;
  }
}
