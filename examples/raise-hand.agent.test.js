import { greenroomMatchers, runAgent } from 'greenroom/testing';
import { expect, test } from 'vitest';
import raiseHand from './raise-hand.agent.js';

expect.extend(greenroomMatchers);

const metadata = { host: 'teacher', turn_seconds: 10 };

test('calls up who waits in their order, and sits them down after their time', async () => {
  const run = await runAgent(raiseHand, {
    metadata,
    script: `
      0:00 teacher joins
      0:00 alice joins
      0:00 bob joins
      0:02 bob sends data on topic raise-hand: raise
      0:03 alice sends data on topic raise-hand: raise
      0:04 alice sends data on topic raise-hand: next
      0:05 teacher sends data on topic raise-hand: next
      0:20 room deleted`,
  });
  expect(run.statesOf().map(({ state }) => state)).toEqual([
    'silent',
    'speaking',
    'silent',
    'done',
  ]);
  expect(run).toHaveSent({
    to: 'alice',
    topic: 'hands',
    payload: { speaker: 'bob', hands: ['alice'] },
  });
  expect(run.summary).toEqual({ turns: 1 });
  await expect(run).toReplay();
});

test('takes down the hands of those who lower them or leave', async () => {
  const run = await runAgent(raiseHand, {
    metadata,
    script: `
      0:00 teacher joins
      0:00 alice joins
      0:00 bob joins
      0:02 alice sends data on topic raise-hand: raise
      0:03 bob sends data on topic raise-hand: raise
      0:04 alice sends data on topic raise-hand: lower
      0:05 bob leaves
      0:20 room deleted`,
  });
  expect(run.messages.at(-1)?.payload).toMatchObject({ speaker: null, hands: [] });
});
