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
      await passMoment(clock, next.dueAt);
    } else {
      await sleep(NAP_MS);
    }
  }
}

/**
 * Lets so much virtual time pass, as fast as it can.
 *
 * @throws what a timer threw; an error where time stands still, because timers of 0 ms are set again and
 * again.
 */
export async function passBy(
  clock: VirtualClock,
  durationMs: number,
  afterEachMoment: () => void = () => {},
): Promise<void> {
  const end = clock.now() + durationMs;
  let moment = { at: clock.now(), turns: 0 };
  while (clock.next && clock.next.dueAt <= end) {
    const { dueAt } = clock.next;
    moment = dueAt > moment.at ? { at: dueAt, turns: 1 } : { ...moment, turns: moment.turns + 1 };
    if (moment.turns > MAX_TIMERS_OF_A_MOMENT) throw standstill();
    await passMoment(clock, dueAt);
    afterEachMoment();
  }
  clock.advanceTo(end);
}

/** Whatever has so many timers of 0 ms, one after the other, has them for ever. */
const MAX_TIMERS_OF_A_MOMENT = 20_000;

async function passMoment(clock: VirtualClock, time: number): Promise<void> {
  for (let fired = 0; clock.next && clock.next.dueAt <= time; fired += 1) {
    if (fired === MAX_TIMERS_OF_A_MOMENT) throw standstill();
    clock.setTime(clock.next.dueAt);
    clock.fire(clock.next.id);
  }
  await new Promise<void>(nextTurn);
  while (clock.held.length > 0) {
    await Promise.allSettled(clock.held);
    // For what comes of it.
    await new Promise<void>(nextTurn);
  }
}

const standstill = (): Error =>
  new Error(
    `virtual time stands still: ${MAX_TIMERS_OF_A_MOMENT} timers were due at the same moment. ` +
      'Something sets timers of 0 ms again and again',
  );
