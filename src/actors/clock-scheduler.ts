import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';
import type { Clock } from './ports.ts';

/** Lets RxJS operators that take time live on the one clock, real or virtual. */
export class ClockScheduler implements SchedulerLike {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  schedule<TState>(work: Work<TState>, delayMs = 0, state?: TState): Subscription {
    return new ClockAction(this.#clock, work).schedule(state, delayMs);
  }
}

type Work<TState> = (this: SchedulerAction<TState>, state?: TState) => void;

class ClockAction<TState> extends Subscription implements SchedulerAction<TState> {
  readonly #clock: Clock;
  readonly #work: Work<TState>;
  #timer: unknown;

  constructor(clock: Clock, work: Work<TState>) {
    super(() => clock.clearTimeout(this.#timer));
    this.#clock = clock;
    this.#work = work;
  }

  /** Replaces what was scheduled before. */
  schedule(state?: TState, delayMs = 0): Subscription {
    if (this.closed) return this;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#work(state), delayMs);
    return this;
  }
}
