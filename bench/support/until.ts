import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/** Waits for a condition. @returns false when the time was over first. */
export async function reaches(
  limitMs: number,
  condition: () => boolean | Promise<boolean>,
  pollMs = POLL_MS,
): Promise<boolean> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) return false;
    await sleep(pollMs);
  }
  return true;
}

/** Waits for a condition. @throws when the time was over first. */
export async function until(
  limitMs: number,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  if (!(await reaches(limitMs, condition))) {
    throw new Error(`not reached within ${limitMs} ms: ${condition.toString()}`);
  }
}
