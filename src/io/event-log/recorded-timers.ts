import type { Clock } from '../../actors/ports.ts';
import type { DelayedEvent } from './watch-system.ts';

/** A timer of an actor system, under the number it has in the log. */
export type RecordedTimer = {
  readonly timer: number;
  /** Milliseconds since the recording began. */
  readonly dueAt: number;
  /** Undefined where XState is not the one who has set it. */
  readonly delayed: DelayedEvent | undefined;
};

type SetTimer = RecordedTimer & { handle: unknown };

/** Numbers the timers of an actor system in the order they are set, which is the same in every run of a log. */
export class RecordedTimers {
  readonly #clock: Clock;
  /** When the recording began. */
  readonly #startedAt: number;
  /** Milliseconds since then, at the step that is under way. */
  readonly #t: () => number;
  readonly #pending = new Map<number, SetTimer>();
  /** What XState is about to set a timer for. */
  #delayed: DelayedEvent | undefined;
  #fired: RecordedTimer | undefined;
  #count = 0;

  constructor(clock: Clock, startedAt: number, t: () => number) {
    this.#clock = clock;
    this.#startedAt = startedAt;
    this.#t = t;
  }

  /** For the root actor. */
  readonly clock: Clock = {
    now: () => this.#clock.now(),
    setTimeout: (callback, delayMs) => {
      this.#count += 1;
      const dueAt = this.#t() + delayMs;
      const set: SetTimer = { timer: this.#count, dueAt, delayed: this.#delayed, handle: null };
      this.#delayed = undefined;
      this.#pending.set(set.timer, set);
      set.handle = this.#clock.setTimeout(() => this.#fire(set, callback), this.#untilMs(dueAt));
      return set.timer;
    },
    clearTimeout: (timer) => {
      const set = typeof timer === 'number' ? this.#pending.get(timer) : undefined;
      if (!set) return;
      this.#pending.delete(set.timer);
      this.#clock.clearTimeout(set.handle);
    },
  };

  /** So many have been set so far. */
  get count(): number {
    return this.#count;
  }

  /** In the order in which they were set; one that fires is among them until it is `taken`. */
  get pending(): readonly RecordedTimer[] {
    return [...this.#pending.values()];
  }

  /** The timer whose event is being sent right now, until it is `taken`. */
  get fired(): RecordedTimer | undefined {
    return this.#fired;
  }

  take({ timer }: RecordedTimer): void {
    this.#fired = undefined;
    this.#pending.delete(timer);
  }

  /** The next timer is for this. */
  readonly expect = (delayed: DelayedEvent): void => {
    this.#delayed = delayed;
  };

  /** What `set` sets gets the numbers from `first` on; without it, what comes does. */
  numberFrom(first: number, set?: () => void): void {
    const count = this.#count;
    this.#count = first - 1;
    if (!set) return;
    set();
    this.#count = count;
  }

  /**
   * Counted from the step, which is one moment in the log: a start may hold the event loop for seconds, and
   * what it sets late would fire late by as much, long after inputs that came when it was due.
   */
  #untilMs(dueAt: number): number {
    return this.#startedAt + dueAt - Math.max(this.#clock.now(), this.#startedAt + this.#t());
  }

  #fire(set: SetTimer, callback: () => void): void {
    this.#fired = set;
    try {
      callback();
    } finally {
      this.take(set);
    }
  }
}
