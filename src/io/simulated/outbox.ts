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
  /** Bounded by what can happen in a room within half a second. */
  #waiting: Untimed<RoomFact>[] = [];
  #isScheduled = false;

  constructor(clock: Clock, tell: (fact: RoomFact) => void) {
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#tell = tell;
  }

  get heldCount(): number {
    return this.#timers.pendingCount;
  }

  /** @param stallMs nothing is told for so long, and then all of it in one go. */
  put(fact: Untimed<RoomFact>, stallMs = 0): void {
    this.#waiting.push(fact);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#timers.after(latencyMs + stallMs, () => this.#flush());
  }

  clear(): void {
    this.#timers.clear();
    this.#waiting = [];
  }

  #flush(): void {
    const facts = this.#waiting;
    this.#waiting = [];
    this.#isScheduled = false;
    // Whoever hears a fact may close the client: then the rest stays untold.
    for (const fact of facts) this.#tell({ ...fact, at: this.#clock.now() });
  }
}
