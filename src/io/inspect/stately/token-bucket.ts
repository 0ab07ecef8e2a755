import type { Clock } from '../../../actors/ports.ts';

/** Lets `perSecond` things through in each second, and never more than as many at once. */
export class TokenBucket {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  constructor(clock: Pick<Clock, 'now'>, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledAt = clock.now();
  }

  /** @returns whether one more may go. */
  take(): boolean {
    const now = this.#clock.now();
    const earned = ((now - this.#filledAt) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + earned);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
