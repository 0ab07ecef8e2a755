import { expect, it } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { runAgent } from '../../../src/io/testing/run-agent.ts';
import { host } from '../../support/host.agent.ts';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');
const failureOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => 'nothing failed', messageOf);

it('[TKT-2] runs the job of a room from the beginning, and drains it when the script is over', async () => {
  const run = await runAgent(host, { script: '0:02 alice joins\n0:04 bob joins' });
  expect(run.end).toEqual({ reason: 'drained', status: 'success', error: '' });
  expect(run.summary).toEqual({ guests: 2 });
  expect(run.statesOf()).toEqual([
    { atMs: 70, state: 'waiting' },
    { atMs: 2_155, state: { hosting: 'polite' } },
    { atMs: 22_000, state: 'done' },
  ]);
  expect(run.facts.map(({ type }) => type)).toEqual([
    'job.joined',
    'job.summaryMade',
    'job.ending',
    'job.ended',
  ]);
  expect(run.problems).toEqual([]);
});

it('[TKT-3] waits until a room that all have left closes', async () => {
  const run = await runAgent(host, { script: '0:01 alice joins\n0:02 alice leaves' });
  expect(run.end?.reason).toBe('room_closed');
  expect(run.statesOf().at(-1)).toEqual({ atMs: 22_085, state: 'done' });
});

it('[TKT-4] gives messages as their receivers got them', async () => {
  const run = await runAgent(host, {
    metadata: { greeting: 'Welcome' },
    script:
      '0:02 alice joins\n0:03 bob joins\n0:04 bob sends data on topic chat: hi\n0:05 room deleted',
  });
  expect(run.messages).toEqual([
    expect.objectContaining({ to: 'alice', topic: 'early' }),
    {
      to: 'alice',
      atMs: 2_175,
      sender: 'agent-AJ_test',
      topic: 'greeting',
      text: '{"text":"Welcome, alice!","extra":[1]}',
      payload: { text: 'Welcome, alice!', extra: [1] },
    },
    expect.objectContaining({ to: 'bob', payload: { text: 'Welcome, bob!', extra: [1] } }),
  ]);
  expect(run.clientOf('alice').messages.at(-1)).toMatchObject({
    sender: 'bob',
    topic: 'chat',
    text: 'hi',
    payload: undefined,
  });
});

it('[TKT-5] begins the job of a participant with the first who comes, or the one who is named', async () => {
  const script = '0:01 bob joins\n0:02 alice joins\n0:03 room deleted';
  const metadata = { participant_identity: 'alice' };
  const triggered = async (participant?: string | null): Promise<unknown> => {
    const options = participant === undefined ? {} : { participant };
    const { log } = await runAgent(participantMonitor, { script, metadata, ...options });
    const [head] = log;
    return head?.kind === 'head' && [head.startedAt % 60_000, head.input['agent']];
  };
  const jobOf = (identity: string) => ({
    job: { participant: { identity, sid: expect.stringMatching(/^PA_/) as string } },
  });
  expect(await triggered()).toMatchObject([1_000, jobOf('bob')]);
  expect(await triggered('alice')).toMatchObject([2_000, jobOf('alice')]);
  expect(await triggered(null)).toMatchObject([0, { job: { participant: null } }]);
});

it('[TKT-6] begins the job of a publisher once somebody has published', async () => {
  const publisher = { ...host, jobType: 'publisher' as const };
  const run = await runAgent(publisher, {
    script: '0:01 bob joins with nothing\n0:02 alice joins with camera\n0:03 room deleted',
  });
  expect(run.statesOf('job')[0]?.atMs).toBe(2_200);
});

it('[TKT-7] says why a job never began', async () => {
  const run = (script: string, participant: string) =>
    failureOf(
      runAgent(participantMonitor, {
        script,
        participant,
        metadata: { participant_identity: 'x' },
      }),
    );
  expect(await run('0:01 alice joins', 'bob')).toBe(
    'the job of participant-monitor never began: it is of type participant, and no bob comes in in the script',
  );
});

it('[TKT-8] reads settings by the schema of the agent, whatever the environment says', async () => {
  const opened = async (settings: Record<string, string>) =>
    (await runAgent(host, { script: '0:08 alice joins', settings })).alerts.length;
  process.env['PATIENCE'] = '1m';
  try {
    expect(await opened({})).toBe(1);
  } finally {
    delete process.env['PATIENCE'];
  }
  expect(await opened({ PATIENCE: '10s' })).toBe(0);
});

it('[TKT-9] names wrong settings, with what is meant', async () => {
  const failure = (settings: Record<string, string>) =>
    failureOf(runAgent(host, { script: '', settings }));
  expect(await failure({ PATIENSE: '1s' })).toBe(
    'the settings of host are PATIENCE:\n  PATIENSE is not one of them: is PATIENCE meant?',
  );
  expect(await failure({ PATIENCE: 'soon' })).toBe(
    'host: one setting is missing or wrong:\n' +
      '  PATIENCE is "soon" in the settings given: expected a duration from 1s to 24d, written like 500ms, 90s, 5m or 1h30m, for example PATIENCE=5s',
  );
});

it('[TKT-10] names wrong metadata with its path', async () => {
  expect(await failureOf(runAgent(host, { script: '', metadata: { greeting: 7, mood: 1 } }))).toBe(
    'the metadata does not fit host:\n  greeting: expected string\n  mood: expected no such key',
  );
});

it('[TKT-11] names what is wrong in a script by line and column', async () => {
  expect(
    await failureOf(runAgent(host, { script: '\n0:01 alice joins\n0:02 alice speeks' })),
  ).toMatch(
    /^the script is wrong at line:column:\n {2}3:12: found "speeks", expected one of joins, leaves/,
  );
});

it('[TKT-12] tells of an agent that breaks, and of one that never settles', async () => {
  const told = (word: string) => `0:01 alice joins\n0:02 alice sends data on topic word: ${word}`;
  const broken = await runAgent(host, { script: told('break') });
  expect(broken.end).toEqual({
    reason: 'agent_error',
    status: 'failed',
    error: 'the host fell ill',
  });
  expect(await failureOf(runAgent(host, { script: told('spin') }))).toBe(
    'virtual time stands still: 20000 timers were due at the same moment. Something sets timers of 0 ms again and again',
  );
});

it('[TKT-13] is the same with the same seed, and another with a nasty server', async () => {
  const log = async (options: { seed?: number; nastiness?: number }) =>
    JSON.stringify((await runAgent(host, { script: '0:01 alice joins', ...options })).log);
  expect(await log({})).toBe(await log({ seed: 1, nastiness: 0 }));
  expect(await log({ nastiness: 1 })).toBe(await log({ nastiness: 1 }));
  expect(await log({ seed: 2 })).not.toBe(await log({}));
  expect(await log({ nastiness: 1 })).not.toBe(await log({}));
});
