import { sleep } from '../clock.ts';

/** The native media stack may never answer; an orchestrator kills after some 30 s at the latest. */
const CLOSE_TIMEOUT_MS = 10_000;

/** Closes one thing after the other. Returns false where that takes longer than 10 s. */
export async function closeInTime(steps: readonly (() => Promise<void>)[]): Promise<boolean> {
  const closing = (async (): Promise<'closed'> => {
    for (const step of steps) await step();
    return 'closed';
  })();
  return (await Promise.race([closing, sleep(CLOSE_TIMEOUT_MS)])) === 'closed';
}
