import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Random } from '../actors/ports.ts';

/** The longest delay of a Node timer, some 24.8 days: beyond it Node would fire after 1 ms. */
const maxDelayMs = 2 ** 31 - 1;

/** The wall clock, read once: from here on only the monotonic clock counts. */
const processStartedAt = performance.timeOrigin;

/**
 * Real time, in whole epoch milliseconds.
 *
 * It never goes back and never jumps, also where somebody sets the wall clock. A delay over
 * 2^31-1 ms (24.8 days) counts as 2^31-1 ms.
 */
export const systemClock: Clock = {
  now: () => Math.round(processStartedAt + performance.now()),
  // The number of a timer instead of its object, so that `clearTimeout` can tell it from anything else.
  setTimeout: (callback, delayMs) => Number(setTimeout(callback, Math.min(delayMs, maxDelayMs))),
  clearTimeout: (handle) => {
    if (typeof handle === 'number') clearTimeout(handle);
  },
};

export const systemRandom: Random = () => Math.random();

/** Calls back in the next turn of the event loop, after what is pending now. */
export function nextTurn(callback: () => void): void {
  setImmediate(callback);
}

/** Waits, for at most 2^31-1 ms. Rejects with an `AbortError` when the signal aborts first. */
export function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return delay(Math.min(delayMs, maxDelayMs), undefined, signal && { signal });
}

/** Waits in the time of a clock, which may be a virtual one. */
export function sleepOn(clock: Pick<Clock, 'setTimeout'>, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, delayMs);
  });
}
