import { expect, it } from 'vitest';
import { recordingCheck } from '../../../src/io/doctor/recording.checks.ts';
import { toServerApiError } from '../../../src/io/doctor/livekit-server-api.ts';
import { GreenroomError } from '../../../src/io/errors.ts';
import { readRules } from '../../../src/io/rules/read-rules.ts';

const rule = (name: string, then: object) => ({
  name,
  when: { fact: 'participant.connected' },
  then,
});
const recording = rule('record-calls', { record: 'start', filepath: 'calls/{room_name}.mp4' });
const removing = rule('send-away', { remove: true });

function look(rules: readonly object[], countRecordings: () => Promise<number>) {
  const read = readRules({ rules }, { source: 'the test', agents: [] });
  const check = recordingCheck({
    api: { countRecordings },
    loadRules: () => Promise.resolve(read.rules),
  });
  return check.run(new AbortController().signal);
}

const answers = (status: number, message: string) => () =>
  Promise.reject(toServerApiError(Object.assign(new Error(message), { status })));

it('[DOC-110] asks nothing of the server where no rule records', async () => {
  const neverAsked = () => Promise.reject(new Error('asked'));
  expect(await look([removing], neverAsked)).toEqual({ status: 'ok', found: 'no rule records' });
});

it('[DOC-110] says what is not known where the server passes recordings on', async () => {
  expect(await look([recording], () => Promise.resolve(2))).toMatchObject({
    status: 'ok',
    found: expect.stringContaining('(2 running)') as unknown,
  });
});

it('[DOC-111] warns where a rule records and the server has no Egress service', async () => {
  const without = answers(500, 'egress not connected (redis required)');
  expect(await look([recording, removing], without)).toEqual({
    status: 'warning',
    found:
      'record-calls would record, and the server has no Egress service: egress not connected (redis required)',
    remedy:
      'Run an Egress service, and Redis for it and the server, or take `record` out of the rules.',
  });
});

it.each([
  [answers(500, 'out of order'), 'the API answers 500: out of order'],
  [answers(403, 'permissions denied'), 'the server refuses the API key'],
])('[DOC-111] fails where the server answers otherwise', async (countRecordings, found) => {
  expect(await look([recording], countRecordings)).toMatchObject({ status: 'failed', found });
});

it('[DOC-112] leaves wrong rules to the check of the configuration', async () => {
  const check = recordingCheck({
    api: { countRecordings: () => Promise.resolve(0) },
    loadRules: () => Promise.reject(new GreenroomError('E_CONFIG', 'one thing is wrong')),
  });
  expect(await check.run(new AbortController().signal)).toEqual({
    status: 'skipped',
    found: 'not tried: see "configuration"',
  });
});
