/** What the benches of detection share. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionView } from '../../src/io/http/sessions-view.ts';
import { reaches, until } from './until.ts';
import type { Stage } from './stage.ts';

/** Milliseconds each; undefined where it was missed. */
export type Delays = (number | undefined)[];

const READY_LIMIT_MS = 30_000;
const MISSED_AFTER_MS = 8_000;
/** Streams, their buffers and their statistics take so long to become steady. */
const SETTLE_MS = 5_000;
/** Longer than a poll is from the next. */
const SPREAD_MS = 700;

/** Waits for sessions of the worker and until their media is steady. */
export async function monitored(
  { worker }: Stage,
  count: number,
  isReady: (session: SessionView) => boolean,
): Promise<void> {
  await until(
    READY_LIMIT_MS,
    async () => (await worker.sessions()).filter(isReady).length === count,
  );
  await sleep(SETTLE_MS);
}

/** Waits for at least so long: what a bench does must not keep step with windows and polls. */
export const pause = (atLeastMs: number): Promise<void> =>
  sleep(atLeastMs + Math.random() * SPREAD_MS);

/** @returns what was found; undefined where it was missed. */
export async function seen<T>(find: () => T | undefined): Promise<T | undefined> {
  await reaches(MISSED_AFTER_MS, () => find() !== undefined);
  return find();
}
