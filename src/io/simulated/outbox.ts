import type { Clock } from '../../actors/ports.ts';
import type { RoomFact } from '../../machines/events.ts';
import { Timers } from './timers.ts';

/** A fact before the time at which it is told. */
export type Untimed<T> = T extends { readonly at: number } ? Omit<T, 'at'> : never;

/** What the signalling takes from the server to the agent. */
const latencyMs = 5;

/** Tells facts in their order, never inside the call that gave them. */
export class Outbox {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #tell: (fact: RoomFact) => void;
  /** Bounded by what can happen in a room within the longest stall. */
  readonly #waiting: Untimed<RoomFact>[] = [];
  /** Nothing is told before. */
  #stalledUntil = 0;

  constructor(clock: Clock, tell: (fact: RoomFact) => void) {
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#tell = tell;
  }

  get heldCount(): number {
    return this.#timers.pendingCount;
  }

  /** @param stallMs it and all that follows is held back for so long, then told in one go. */
  put(fact: Untimed<RoomFact>, stallMs = 0): void {
    const now = this.#clock.now();
    const dueAt = Math.max(now + latencyMs + stallMs, this.#stalledUntil);
    this.#stalledUntil = dueAt;
    this.#waiting.push(fact);
    // The first that waits, not this one: timers due at the same time may fire in any order.
    this.#timers.after(dueAt - now, () => this.#tellNext());
  }

  clear(): void {
    this.#timers.clear();
    this.#waiting.length = 0;
  }

  #tellNext(): void {
    const fact = this.#waiting.shift();
    if (fact) this.#tell({ ...fact, at: this.#clock.now() });
  }
}
