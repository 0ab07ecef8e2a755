import { BoundedList } from './bounded-list.ts';
import type { Inspected } from './inspected.ts';
import type { Mark, RelayMessage } from './protocol.ts';

const MAX_ROWS = 500;
const MAX_LEVELS = 50;
/** Between two frames. */
const MAX_MARKS = 200;

/** The one room that a viewer looks at. */
export class RoomLook {
  readonly #inspection: Inspected;
  #room: string | null = null;
  #marks = new BoundedList<Mark>(MAX_MARKS);

  constructor(inspection: Inspected) {
    this.#inspection = inspection;
  }

  get isSomewhere(): boolean {
    return this.#room !== null;
  }

  /** Gives whether it is another one. */
  lookAt(room: string | null): boolean {
    const isOther = room !== this.#room;
    this.#room = room;
    this.forgetMarks();
    return isOther;
  }

  forgetMarks(): void {
    this.#marks = new BoundedList(MAX_MARKS);
  }

  /** Gives whether it is one of this room. */
  take(mark: Mark): boolean {
    const isHere = this.#room !== null && this.#inspection.roomOf(mark.system) === this.#room;
    if (isHere) this.#marks.add(mark);
    return isHere;
  }

  /** Those that came since it was asked last. */
  nextMarks(): readonly Mark[] {
    const { items } = this.#marks;
    this.forgetMarks();
    return items;
  }

  /** Its states so far, by the machines of its jobs; null where no room is looked at. */
  timeline(at: number): Extract<RelayMessage, { type: 'room' }> | null {
    if (this.#room === null) return null;
    const machines = this.#systems
      .flatMap((system) => [...system.actors].map((actor) => ({ system, actor })))
      .filter(({ actor }) => actor.value !== null)
      .slice(0, MAX_ROWS);
    return {
      type: 'room',
      at,
      room: this.#room,
      rows: machines.map(({ system, actor: { id, path, ref, history, endedAt } }) => ({
        system: system.id,
        path,
        id,
        name: ref.id,
        changes: history.states,
        endedAt,
      })),
      marks: this.#systems.flatMap(({ marks }) => marks),
      levels: [],
    };
  }

  /** What its sessions measure now; null where none goes on. */
  levels(at: number): Extract<RelayMessage, { type: 'levels' }> | null {
    const levels = this.#systems.slice(0, MAX_LEVELS).flatMap(({ id, inspected }) => {
      const session = inspected.session();
      // An agent of a whole room measures nobody: its level would be a line at nothing.
      if (!session || session.endReason !== null || session.identity === null) return [];
      const { audioLevel, frameRateHz } = session;
      return [{ system: id, audioLevel, frameRateHz }];
    });
    return levels.length > 0 ? { type: 'levels', at, levels } : null;
  }

  get #systems() {
    return this.#room === null ? [] : this.#inspection.systemsOf(this.#room);
  }
}
