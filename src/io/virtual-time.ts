import { nextTurn, sleep, systemClock } from './clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

type PassTimeOptions = {
  /** So many times as fast as real time; null: as fast as it can. */
  readonly speed: number | null;
  readonly signal: AbortSignal;
};

/** Time is let pass in steps of so many real milliseconds at least. */
const NAP_MS = 5;

/**
 * Lets virtual time pass until the signal aborts.
 *
 * Every moment at which a timer is due has a turn of the event loop of its own, so that what is
 * promised at one moment is kept before the next: whatever the speed, things happen in one order.
 *
 * @throws what a timer threw.
 */
export async function passTime(
  clock: VirtualClock,
  { speed, signal }: PassTimeOptions,
): Promise<void> {
  const startedAt = { virtual: clock.now(), real: systemClock.now() };
  const allowedAt = (): number =>
    speed === null
      ? Number.POSITIVE_INFINITY
      : startedAt.virtual + (systemClock.now() - startedAt.real) * speed;
  while (!signal.aborted) {
    const { next } = clock;
    if (next && next.dueAt <= allowedAt()) {
      clock.advanceTo(next.dueAt);
      await new Promise<void>(nextTurn);
    } else {
      await sleep(NAP_MS);
    }
  }
}
