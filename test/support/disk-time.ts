import { sleep } from '../../src/io/clock.ts';

const napMs = 10;
const deadlineMs = 10_000;

/**
 * Gives what is written and closed on a real disk the real time that it takes: virtual time passes in a
 * few turns of the event loop where nothing goes on. Resolves as soon as it is so, or after 10 s.
 */
export async function givenDiskTime(isSo: () => boolean): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < deadlineMs && !isSo(); waitedMs += napMs) await sleep(napMs);
  return isSo();
}
