import { expect, it } from 'vitest';
import { startAgent } from '../../../src/io/testing/run-agent.ts';
import { host } from '../../support/host.agent.ts';

it('[TKT-14] does what the test says, when it says so', async () => {
  const run = startAgent(host);
  await run.pass('1m30s');
  expect(run.nowMs).toBe(90_000);
  expect(run.alerts.map(({ key }) => key)).toEqual(['lonely']);
  run.happens('alice joins');
  await run.pass(1_000);
  expect(run.snapshotOf()).toMatchObject({ value: { hosting: 'polite' }, context: { guests: 1 } });
  run.happens('alice sends data on topic word: cheer');
  await run.pass('100ms');
  expect(run.statesOf().at(-1)).toEqual({ atMs: 91_005, state: { hosting: 'merry' } });
  expect(run.view).toMatchObject({ state: 'hosting', endReason: null });
  expect(run.end).toBeNull();
});

it('[TKT-15] shows a room as a client sees it', async () => {
  const run = startAgent(host);
  run.happens('alice joins');
  await run.pass('1s');
  run.happens('alice sends data on topic word: cheer');
  run.happens('bob joins as sip');
  run.happens('bob sets metadata: vip');
  run.happens('bob sets attribute seat: 4');
  await run.pass('1s');
  expect(run.clientOf('alice').sees).toEqual([
    { identity: 'agent-AJ_test', kind: 'agent', metadata: '', attributes: { mood: 'merry' } },
    { identity: 'bob', kind: 'sip', metadata: 'vip', attributes: { seat: '4' } },
  ]);
  expect([run.clientOf('bob').isInside, run.clientOf('carol').isInside]).toEqual([true, false]);
  expect(run.clientOf('carol').sees).toEqual([]);
});

it('[TKT-16] hides an agent that is hidden', async () => {
  const permissions = () => ({ ...host.permissions({ PATIENCE: 1 }), hidden: true });
  const run = startAgent({ ...host, permissions });
  run.happens('alice joins');
  await run.pass('1s');
  expect(run.clientOf('alice').sees).toEqual([]);
  expect(run.messages).toMatchObject([{ to: 'alice', sender: null, topic: 'greeting' }]);
});

it('[TKT-17] says what is wrong with what is to happen', async () => {
  const run = startAgent(host);
  const happens = (line: string) => () => run.happens(line);
  expect(happens('0:04 alice joins')).toThrow(
    'wrong: "0:04 alice joins":\n  it happens now: leave out the time',
  );
  expect(happens('alice joyns')).toThrow(
    'wrong: "alice joyns":\n  column 7: found "joyns", expected one of joins,',
  );
  expect(happens('alice speaks')).toThrow(
    'wrong: "alice speaks":\n  column 1: found alice never joined, expected somebody inside where the step is "speak"',
  );
  run.happens('alice joins');
  expect(happens('alice joins')).toThrow('found alice inside, expected somebody outside');
  await expect(run.pass('a while')).rejects.toThrow(
    '"a while" is no time that can pass: expected milliseconds, or a duration such as 500ms, 3s or 1m30s',
  );
});

it('[TKT-18] lets the job end by itself when it is drained, or cuts it off', async () => {
  const drained = startAgent({ ...host, drainTimeoutMs: 2_000 });
  drained.happens('alice joins');
  await drained.pass('1s');
  drained.drain();
  await drained.pass('1s');
  expect(drained.end).toBeNull();
  await drained.pass('2s');
  expect(drained.end?.reason).toBe('drained');

  const cutOff = startAgent(host);
  cutOff.happens('alice joins');
  await cutOff.pass('1s');
  await cutOff.close();
  await cutOff.close();
  expect(cutOff.summary).toBeNull();
  expect(cutOff.log.at(-1)).toMatchObject({ kind: 'end', dropped: 0 });
});

it('[TKT-19] leaves nothing behind where a test forgets it', async () => {
  const listening = () => process.eventNames().map((name) => process.listenerCount(name));
  const before = listening();
  const run = startAgent(host);
  run.happens('alice joins');
  await run.pass('1s');
  expect(listening()).toEqual(before);
  const resources = process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
  expect(resources.length).toBeLessThan(3);
});
