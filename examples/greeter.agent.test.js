import { greenroomMatchers, runAgent, startAgent } from 'greenroom/testing';
import { expect, test } from 'vitest';
import greeter from './greeter.agent.js';

expect.extend(greenroomMatchers);

test('greets everybody who comes, and again when they come back', async () => {
  const run = await runAgent(greeter, {
    metadata: { greeting: 'Welcome' },
    script: `
      0:02 alice joins with microphone
      0:04 alice speaks for 3s
      0:05 bob joins
      0:09 alice leaves
      0:15 alice returns
      0:20 room deleted`,
  });
  expect(run).toHaveSent({ to: 'bob', topic: 'greeting', payload: { text: 'Welcome, bob!' } });
  expect(run.clientOf('alice').messages).toHaveLength(2);
  expect(run).toHaveEndedWith('room_deleted');
  expect(run.summary).toEqual({ greeted: 3 });
  await expect(run).toReplay();
});

test('greets nobody before they are there to hear it', async () => {
  const run = startAgent(greeter);
  run.happens('alice joins');
  expect(run).not.toHaveSent({ to: 'alice', topic: 'greeting' });
  await run.pass('1s');
  expect(run).toHaveSent({ to: 'alice', topic: 'greeting' });
});
