import { expect, it } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { greenroomMatchers } from '../../../src/io/testing/matchers.ts';
import { runAgent, startAgent } from '../../../src/io/testing/run-agent.ts';
import { host } from '../../support/host.agent.ts';

expect.extend(greenroomMatchers);

const visit = await runAgent(host, {
  script: `
    0:06 alice joins
    0:07 alice sends data on topic word: cheer
    0:08 room deleted`,
});
const talk = await runAgent(participantMonitor, {
  metadata: { participant_identity: 'alice' },
  script: `
    0:01 alice joins
    0:03 alice speaks for 2s
    0:08 room deleted`,
});

const wayOfHost = `the way of agent:
    0:00.070  waiting
    0:06.155  hosting.polite
    0:07.005  hosting.merry
    0:08.005  done`;

/** What a failed assertion says. */
async function saidBy(assert: () => unknown): Promise<string> {
  try {
    await assert();
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return 'the assertion holds';
}

it('[TKT-20] finds states that any actor passed', () => {
  expect(visit).toHaveReached('hosting.merry');
  expect(visit).toHaveReached({ hosting: 'merry' });
  expect(visit).toHaveReached('hosting');
  expect(visit).toHaveReached({ path: 'job', state: 'live.running' });
  expect(visit).not.toHaveReached('hosting.spinning');
  expect(talk).toHaveReached({
    path: 'agent/participant:alice',
    state: 'connected.speech.speaking',
  });
  expect(talk).toHaveReached({
    path: 'agent/participant:alice/track:*',
    state: 'subscribed.speaking',
  });
});

it('[TKT-21] shows the way where a state was not reached, and how near it came', async () => {
  expect(await saidBy(() => expect(visit).toHaveReached('hosting.spinning')))
    .toBe(`agent did not reach hosting.spinning
the nearest was hosting, at 0:06.155
${wayOfHost}`);
  expect(await saidBy(() => expect(visit).not.toHaveReached('hosting.merry')))
    .toBe(`agent reached hosting.merry, at 0:07.005
${wayOfHost}`);
});

it('[TKT-22] names the actors where there is none at a path', async () => {
  const query = { path: 'agent/participant:bob', state: 'connected' };
  expect(await saidBy(() => expect(visit).toHaveReached(query)))
    .toBe(`agent/participant:bob did not reach connected
there was no actor agent/participant:bob. There were:
  job
  agent
  alerts`);
});

it('[TKT-23] shows the end of a long list', async () => {
  const run = startAgent(host);
  for (let guest = 1; guest <= 15; guest += 1) {
    run.happens(`guest-${guest} joins`);
    await run.pass('1s');
  }
  const said = await saidBy(() => expect(run).toHaveSent({ to: 'alice', topic: 'greeting' }));
  expect(said.split('\n').slice(0, 4)).toEqual([
    'host did not send greeting to alice',
    'sent:',
    '  3 earlier',
    '    0:03.175  to guest-4: greeting {"text":"Hello, guest-4!","extra":[1]}',
  ]);
});

it('[TKT-24] finds messages by receiver, topic and part of what they say', () => {
  expect(visit).toHaveSent({ to: 'alice', topic: 'greeting' });
  expect(visit).toHaveSent({ to: 'alice', topic: 'greeting', payload: { text: 'Hello, alice!' } });
  expect(visit).toHaveSent({
    to: 'alice',
    topic: 'greeting',
    payload: { text: expect.stringContaining('alice') as string },
  });
  expect(visit).not.toHaveSent({ to: 'bob', topic: 'greeting' });
  expect(visit).not.toHaveSent({ to: 'alice', topic: 'chat' });
  expect(visit).not.toHaveSent({ to: 'alice', topic: 'greeting', payload: { extra: [2] } });
});

it('[TKT-25] shows what was sent instead', async () => {
  const greeting = { to: 'alice', topic: 'greeting' };
  const sent = `    0:06.175  to alice: greeting {"text":"Hello, alice!","extra":[1]}`;
  const payload = { text: expect.stringContaining('Bye') as string };
  expect(await saidBy(() => expect(visit).toHaveSent({ ...greeting, payload })))
    .toBe(`host did not send greeting to alice that says {"text": StringContaining "Bye"}
sent:
${sent}
${wayOfHost}`);
  expect(await saidBy(() => expect(visit).toHaveSent({ ...greeting, to: 'bob' })))
    .toBe(`host did not send greeting to bob
sent:
    0:06.025  to alice: early {"text":"too early"}
${sent}
${wayOfHost}`);
  expect(await saidBy(() => expect(visit).not.toHaveSent(greeting)))
    .toBe(`host sent greeting to alice
sent:
${sent}`);
});

it('[TKT-26] says where a message was published and reached nobody', async () => {
  const hidden = {
    ...host,
    permissions: () => ({ ...host.permissions({ PATIENCE: 1 }), hidden: true }),
  };
  const run = await runAgent(hidden, { script: '0:06 alice joins\n0:07 room deleted' });
  const said = await saidBy(() => expect(run).toHaveSent({ to: 'alice', topic: 'early' }));
  expect(said.split('\n').slice(0, 2)).toEqual([
    'host did not send early to alice',
    'alice did not get 1 of 1 that were published, the first at 0:06.005: whoever is not inside, or not active yet, gets nothing',
  ]);
});

it('[TKT-27] shows the alerts that there were', async () => {
  expect(visit).toHaveOpenedAlert('lonely');
  expect(await saidBy(() => expect(visit).toHaveOpenedAlert('suspect')))
    .toBe(`host did not open the alert suspect
alerts:
    0:05.000  lonely (resolved at 0:08.005): nobody came
${wayOfHost}`);
  expect(await saidBy(() => expect(talk).toHaveOpenedAlert('suspect'))).toContain('alerts: none');
});

it('[TKT-28] shows how the job ended, and the error that ended it', async () => {
  expect(visit).toHaveEndedWith('room_deleted');
  expect(await saidBy(() => expect(visit).toHaveEndedWith('drained')))
    .toBe(`the job ended with room_deleted, not with drained
the way of job:
    0:00.000  joining.connecting
    0:00.070  live.running.steady
    0:08.005  live.closing
    0:08.005  reporting
    0:08.005  leaving
    0:08.005  ended
${wayOfHost}`);
  const broken = await runAgent(host, {
    script: '0:01 alice joins\n0:02 alice sends data on topic word: break',
  });
  expect(await saidBy(() => expect(broken).toHaveEndedWith('drained'))).toContain(
    'the job ended with agent_error, not with drained\nits error: the host fell ill\n',
  );
  expect(await saidBy(() => expect(startAgent(host)).toHaveEndedWith('drained'))).toContain(
    'the job has not ended, neither with drained nor otherwise\n',
  );
});

it('[TKT-29] says what it looks at', async () => {
  const { toHaveEndedWith, toReplay } = greenroomMatchers;
  expect(await saidBy(() => toHaveEndedWith(7, 'drained'))).toBe(
    'toHaveEndedWith looks at what runAgent or startAgent gave: expect(run).toHaveEndedWith(...)',
  );
  expect(await saidBy(() => toReplay('x.jsonl'))).toBe(
    'toReplay looks at what runAgent or startAgent gave, or what recordedRun gave: expect(run).toReplay(...)',
  );
});
