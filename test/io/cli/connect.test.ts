import { expect, it } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { GreenroomError } from '../../../src/io/errors.ts';
import { buildWorld, inFile } from '../../support/command-world.ts';

const connect = ['connect', '--room', 'support-42'];

it('[CONN-1] explains connect with an example', async () => {
  const { run, stdout } = buildWorld();
  expect(await run('connect', '--help')).toBe(0);
  expect(stdout.text).toContain('Usage: greenroom connect');
  expect(stdout.text).toContain('$ greenroom connect');
});

it('[CONN-2] joins with the monitor of a participant, and the settings of flags', async () => {
  const { run, done, stdout } = buildWorld();
  stdout.isTTY = true;
  const metadata = '{"end_on_disconnect": true}';
  const args = ['--participant', 'alice', '--metadata', metadata, '--url', 'ws://host'];
  expect(await run(...connect, ...args)).toBe(0);
  expect(done.connections).toMatchObject([
    {
      agent: participantMonitor,
      room: 'support-42',
      participant: 'alice',
      metadata: { participant_identity: 'alice', end_on_disconnect: true },
      isJson: false,
      isTty: true,
    },
  ]);
  expect(done.connections[0]?.config.worker.LIVEKIT_URL).toBe('ws://host');
});

it('[CONN-3] takes the participant from metadata of a file too, and shows no view beside JSON', async () => {
  const { run, done, stdout } = buildWorld();
  stdout.isTTY = true;
  const file = inFile('metadata.json', '{"participant_identity": "bob"}');
  expect(await run(...connect, '--metadata', `@${file}`, '--json')).toBe(0);
  expect(done.connections).toMatchObject([{ participant: 'bob', isJson: true, isTty: false }]);
});

it.each([
  [['connect'], `required option '--room <name>' not specified`],
  [connect, '--participant'],
  [
    [...connect, '--participant', 'alice', '--metadata', '{"monitoring_type": "all"}'],
    'monitoring_type: expected one of basic, full, custom',
  ],
  [[...connect, '--metadata', '{"participant_identity": ""}'], 'an identity, not empty'],
  [[...connect, '--metadata', '{'], '--metadata is not JSON: line 1, column 2'],
  [
    [...connect, '--participant', 'alice', '--metadata', '{"participant_identity": "bob"}'],
    '--participant says "alice"',
  ],
  [[...connect, '--agent', 'participant-moniter'], 'Is participant-monitor meant?'],
  [[...connect, '--participant', 'alice', '--url', 'nowhere'], 'LIVEKIT_URL is "nowhere" in --url'],
])('[CONN-4] ends with 2 for %j', async (args, message) => {
  const { run, done, stderr, stdout } = buildWorld();
  expect(await run(...args)).toBe(2);
  expect(stderr.text).toContain(message);
  expect(stdout.text).toBe('');
  expect(done.connections).toEqual([]);
});

const roomAgent = `
import { z } from '${import.meta.resolve('zod')}';
export default {
  name: 'mine', jobType: 'room', metadata: z.strictObject({ topic: z.string() }), settings: z.object({}),
  permissions() {}, machine() {}, view() {},
};`;

it('[CONN-5] joins with an agent of a file, whose metadata is checked too', async () => {
  const { run, done, stderr } = buildWorld();
  const agent = inFile('agent.mjs', roomAgent);
  expect(await run(...connect, '--agent', agent, '--metadata', '{"topic": 1}')).toBe(2);
  expect(stderr.text).toContain('topic: expected string');
  expect(await run(...connect, '--agent', agent, '--metadata', '{"topic": "tea"}')).toBe(0);
  expect(done.connections).toMatchObject([
    { agent: { name: 'mine' }, participant: null, metadata: { topic: 'tea' } },
  ]);
});

it('[CONN-6] gives back the exit code, and lets go of the signals', async () => {
  const { run, signals } = buildWorld({
    runConnection: ({ shutdown }) =>
      new Promise((resolve) => {
        shutdown.subscribe(({ exitCode }) => resolve({ exitCode }));
        signals.emit('SIGTERM');
      }),
  });
  expect(await run(...connect, '--participant', 'alice')).toBe(143);
  expect(signals.eventNames()).toEqual([]);
});

it('[CONN-7] ends with 1 where the room cannot be joined', async () => {
  const runConnection = () => Promise.reject(new GreenroomError('E_ROOM_JOIN', 'r: no way in'));
  const { run, stderr } = buildWorld({ runConnection });
  expect(await run(...connect, '--participant', 'alice')).toBe(1);
  expect(stderr.text).toContain('error: r: no way in (E_ROOM_JOIN)');
});
