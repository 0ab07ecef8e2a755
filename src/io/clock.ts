import { AsyncResource } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Random } from '../actors/ports.ts';

/** The longest delay of a Node timer, some 24.8 days: beyond it Node would fire after 1 ms. */
const maxDelayMs = 2 ** 31 - 1;

/** The wall clock, read once: from here on only the monotonic clock counts. */
const processStartedAt = performance.timeOrigin;

/**
 * Longer delays end together, at multiples of this.
 *
 * Every waking of an idle main thread costs some 100 us, more than what most timers do: 75 sessions with
 * timers of their own would wake it some hundred times a second.
 */
const gridMs = 20;
/** Nobody who waits this long minds `gridMs` more. */
const alignedFromMs = 100;
/** So late at most, timers count what they set from when they were due: else each round would add `gridMs`. */
const onTimeMs = 5;

/** Keeps the job that set it (see job-scope.ts) for what the callback throws. */
type Timer = { readonly scope: AsyncResource; readonly callback: () => void };
/** Timers that fire together. */
type Slot = {
  readonly dueAt: number;
  readonly handle: NodeJS.Timeout;
  readonly timers: Map<number, Timer>;
};

/**
 * Real time, in whole epoch milliseconds.
 *
 * It never goes back and never jumps, also where somebody sets the wall clock. A timer of 100 ms or more
 * may be up to 20 ms late, so as to fire together with others; one that is set by another timer may be 5 ms
 * early. A delay over 2^31-1 ms (24.8 days) counts as 2^31-1 ms.
 */
class SystemClock implements Clock {
  /** By the time when they are due, in milliseconds of `performance.now()`. */
  readonly #slots = new Map<number, Slot>();
  readonly #slotOf = new Map<number, Slot>();
  #lastId = 0;
  #firing: Slot | undefined;

  now(): number {
    return Math.round(processStartedAt + performance.now());
  }

  setTimeout(callback: () => void, delayMs: number): number {
    const now = performance.now();
    const delay = Math.min(Math.max(0, delayMs), maxDelayMs - gridMs);
    const dueAt =
      delay < alignedFromMs
        ? Math.ceil(now + delay)
        : Math.ceil((this.#startOf(now) + delay) / gridMs) * gridMs;
    const slot = this.#slots.get(dueAt) ?? this.#openSlot(dueAt, dueAt - now);
    this.#lastId += 1;
    slot.timers.set(this.#lastId, { scope: new AsyncResource('Timer'), callback });
    this.#slotOf.set(this.#lastId, slot);
    return this.#lastId;
  }

  clearTimeout(handle: unknown): void {
    if (typeof handle !== 'number') return;
    const slot = this.#slotOf.get(handle);
    if (!slot) return;
    this.#slotOf.delete(handle);
    slot.timers.delete(handle);
    if (slot.timers.size > 0 || this.#slots.get(slot.dueAt) !== slot) return;
    clearTimeout(slot.handle);
    this.#slots.delete(slot.dueAt);
  }

  #openSlot(dueAt: number, delayMs: number): Slot {
    const handle = setTimeout(() => this.#fire(slot), Math.ceil(delayMs));
    const slot: Slot = { dueAt, handle, timers: new Map() };
    this.#slots.set(dueAt, slot);
    return slot;
  }

  #startOf(now: number): number {
    const dueAt = this.#firing?.dueAt ?? -Infinity;
    return now - dueAt <= onTimeMs ? dueAt : now;
  }

  #fire(slot: Slot): void {
    // What is set from here on has a slot of its own.
    this.#slots.delete(slot.dueAt);
    this.#firing = slot;
    // A timer that another one clears is not visited any more.
    for (const [id, { scope, callback }] of slot.timers) {
      this.#slotOf.delete(id);
      scope.runInAsyncScope(fireAlone, undefined, callback);
    }
    this.#firing = undefined;
  }
}

/** What it throws comes up as if it had a timer of its own, and keeps nobody else from firing. */
function fireAlone(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    nextTurn(() => {
      throw error;
    });
  }
}

/** The clock of this process. */
export const systemClock: Clock = new SystemClock();

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
