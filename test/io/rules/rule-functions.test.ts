import { AsyncResource } from 'node:async_hooks';
import { expect, it } from 'vitest';
import type { RuleFunction } from '../../../src/io/rules/define-config.ts';
import { createRuleFunctions } from '../../../src/io/rules/rule-functions.ts';
import { giveToItsJob } from '../../../src/io/job-scope.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { monitorInput } from '../../support/monitor-facts.ts';
import { T0 } from '../../support/session-facts.ts';

function callOf(run: RuleFunction) {
  const clock = new VirtualClock(T0);
  const strays: unknown[] = [];
  const { call } = createRuleFunctions({
    functions: new Map([['one/0', run]]),
    clock,
    onStray: (_, cause) => strays.push(cause),
  });
  const given = {
    rule: 'one',
    function: 'one/0',
    because: { type: 'track.published', at: T0, track: { name: 'given' } },
    job: { ...monitorInput().job, room: { name: 'given', sid: 'RM_1' } },
  };
  const made = call(given, { signal: new AbortController().signal });
  return { clock, strays, made, given };
}

it('[RUL-30] waits for a function, and rejects with what it throws', async () => {
  await expect(callOf(() => Promise.resolve(7)).made).resolves.toBeUndefined();
  await expect(
    callOf(() => {
      throw new Error('no');
    }).made,
  ).rejects.toThrow('no');
});

it('[RUL-31] gives up after 10 s, and says so to the function', async () => {
  let heard: AbortSignal | null = null;
  const { clock, made } = callOf(({ signal }) => {
    heard = signal;
    return new Promise(() => {});
  });
  const failed = expect(made).rejects.toThrow('it took longer than 10 s');
  await Promise.resolve();
  clock.advanceBy(9_999);
  expect(heard).toMatchObject({ aborted: false });
  clock.advanceBy(1);
  await failed;
  expect(heard).toMatchObject({ aborted: true });
  expect(clock.pendingCount).toBe(0);
});

it('[RUL-32] contains what a function leaves behind: while it runs it fails, afterwards it is told of', async () => {
  let stray: (error: Error) => boolean = () => false;
  const during = callOf(async () => {
    await Promise.resolve();
    // As the handler of the process does with a rejection that nobody caught.
    expect(giveToItsJob(new Error('lost'))).toBe(true);
    await new Promise(() => {});
  });
  await expect(during.made).rejects.toThrow('lost');
  const later = callOf(() => {
    stray = AsyncResource.bind((error: Error) => giveToItsJob(error));
  });
  await later.made;
  expect(stray(new Error('late'))).toBe(true);
  expect(later.strays).toMatchObject([{ message: 'late' }]);
});

it('[RUL-33] gives a function copies: what it writes into them changes nothing of ours', async () => {
  const { made, given } = callOf(({ fact, job }) => {
    for (const part of [fact?.['track'], job.room]) {
      expect.assert(typeof part === 'object' && part !== null);
      Object.assign(part, { name: 'written' });
    }
  });
  await made;
  expect(given).toMatchObject({
    because: { track: { name: 'given' } },
    job: { room: { name: 'given' } },
  });
});
