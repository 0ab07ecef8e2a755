import type { Clock } from '../actors/ports.ts';

type Timer = { readonly id: number; readonly dueAt: number; readonly callback: () => void };

/** So many cleared timers may stay in the queue whatever its length: looking for them costs. */
const sparedCount = 64;

/** When simulations begin: always the same, so that two of them can be compared to the letter. */
export const SIMULATED_START = Date.UTC(2026, 0, 1);

/**
 * Time that moves only when told to.
 *
 * Timers due at the same millisecond fire in the order they were set, as Node's own do.
 */
export class VirtualClock implements Clock {
  #now: number;
  #lastId = 0;
  readonly #timers = new Map<number, Timer>();
  #queue: Timer[] = [];
  readonly #held = new Set<Promise<unknown>>();

  constructor(startAt = 0) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, delayMs: number): number {
    this.#lastId += 1;
    const timer = { id: this.#lastId, dueAt: this.#now + Math.max(0, delayMs), callback };
    this.#timers.set(timer.id, timer);
    this.#enqueue(timer);
    return timer.id;
  }

  clearTimeout(id: unknown): void {
    if (typeof id === 'number') this.#timers.delete(id);
  }

  /**
   * Runs what takes real time, in no virtual time: who lets time pass waits for it (see virtual-time.ts), so
   * that its result comes at the moment at which it was asked for, however long it took.
   */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    const held = work();
    this.#held.add(held);
    try {
      return await held;
    } finally {
      this.#held.delete(held);
    }
  }

  /** What time waits for. */
  get held(): readonly Promise<unknown>[] {
    return [...this.#held];
  }

  /** Fires every timer due by then, also those set on the way, each at its own time. */
  advanceTo(time: number): void {
    for (let timer = this.next; timer && timer.dueAt <= time; timer = this.next) {
      this.setTime(timer.dueAt);
      this.fire(timer.id);
    }
    this.setTime(time);
  }

  advanceBy(durationMs: number): void {
    this.advanceTo(this.#now + durationMs);
  }

  /** Fires one timer, whatever its due time. Returns false when there is no such timer. */
  fire(id: number): boolean {
    const timer = this.#timers.get(id);
    if (!timer) return false;
    this.#timers.delete(id);
    timer.callback();
    return true;
  }

  /** Moves time without firing anything: the event log says what fires, and when. Never back. */
  setTime(time: number): void {
    this.#now = Math.max(this.#now, time);
  }

  get next(): { readonly id: number; readonly dueAt: number } | undefined {
    let timer = this.#queue.at(-1);
    while (timer && !this.#timers.has(timer.id)) {
      this.#queue.pop();
      timer = this.#queue.at(-1);
    }
    return timer;
  }

  /** In the order in which they are to fire. */
  get pending(): readonly { readonly id: number; readonly dueAt: number }[] {
    return this.#queue.filter(({ id }) => this.#timers.has(id)).toReversed();
  }

  /** The next timer gets this number: a log that is taken up knows its timers by theirs. */
  numberFrom(id: number): void {
    this.#lastId = id - 1;
  }

  get pendingCount(): number {
    return this.#timers.size;
  }

  /** Keeps the queue sorted by due time, latest first; a cleared timer stays until its turn. */
  #enqueue(timer: Timer): void {
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#queue[middle];
      if (other && other.dueAt > timer.dueAt) low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, timer);
    // Timers that are set and cleared for hours, long before they are due, must not pile up.
    if (this.#queue.length > 2 * this.#timers.size + sparedCount) {
      this.#queue = this.#queue.filter(({ id }) => this.#timers.has(id));
    }
  }
}
