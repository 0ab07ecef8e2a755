import { expect, it } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import type { WatchedDispatch } from '../../../src/io/cli/dispatch-outcome.ts';
import { GreenroomError } from '../../../src/io/errors.ts';
import { buildWorld, inFile, keys } from '../../support/command-world.ts';

it.each([['start'], ['demo'], ['dispatch'], ['doctor']])(
  '[CLI-5] explains %s with an example',
  async (name) => {
    const { run, stdout } = buildWorld();
    expect(await run(name, '--help')).toBe(0);
    expect(stdout.text).toContain(`Usage: greenroom ${name}`);
    expect(stdout.text).toContain(`$ greenroom ${name}`);
  },
);

it.each([
  [['frobnicate'], `unknown command 'frobnicate'`],
  [['start', '--frob'], `unknown option '--frob'`],
  [['start', 'room'], 'too many arguments'],
  [['dispatch', '--agent', 'x'], `missing required argument 'room'`],
  [['dispatch', 'room'], `required option '--agent <name>' not specified`],
  [['demo', '--seconds', '0'], 'Expected a number of seconds'],
  [['demo', '--seconds', '1h'], 'Expected a number of seconds'],
  [[], 'Usage: greenroom'],
])('[CLI-6] ends with 2 for %j', async (args, message) => {
  const { run, stderr, stdout } = buildWorld();
  expect(await run(...args)).toBe(2);
  expect(stderr.text).toContain(message);
  expect(stdout.text).toBe('');
});

it('[CLI-7] starts the monitor with the settings of flags, and gives back its exit code', async () => {
  const { run, done } = buildWorld({});
  const args = ['--url', 'ws://host', '--http-port', '0', '--http-host', '127.0.0.1'];
  expect(await run('start', ...args, '--log-level', 'silent')).toBe(0);
  expect(done.workers[0]?.agents).toEqual([participantMonitor]);
  expect(done.workers[0]?.config.worker).toMatchObject({
    LIVEKIT_URL: 'ws://host',
    HTTP_PORT: 0,
    HTTP_HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
  });
  const failing = buildWorld({ runWorker: () => Promise.resolve({ exitCode: 143 }) });
  expect(await failing.run('start')).toBe(143);
});

it('[CLI-8] prints configuration errors as one block, without a stack, and ends with 2', async () => {
  const { run, stderr, done } = buildWorld();
  expect(await run('start', '--http-port', 'http', '--url', 'nowhere')).toBe(2);
  expect(stderr.lines).toEqual([
    'error: 2 settings are missing or wrong (E_CONFIG)',
    expect.stringMatching(/^ {2}- LIVEKIT_URL is "nowhere" in --url: expected an address/),
    expect.stringMatching(/^ {2}- HTTP_PORT is "http" in --http-port: expected a whole number/),
    expect.stringMatching(/^what to do: /),
  ]);
  expect(done.workers).toEqual([]);
});

it('[CLI-9] shows the stack, and the causes, with --log-level debug alone', async () => {
  const runWorker = () => Promise.reject(new TypeError('a mistake of ours'));
  const { run, stderr } = buildWorld({ runWorker });
  expect(await run('start')).toBe(1);
  expect(stderr.text).toContain('a mistake of ours (E_INTERNAL)');
  expect(stderr.text).not.toContain('    at ');
  const debug = buildWorld({ runWorker });
  expect(await debug.run('start', '--log-level', 'debug')).toBe(1);
  expect(debug.stderr.text).toMatch(/caused by\nTypeError: a mistake of ours\n +at /);
});

it('[CLI-9] shows no token, although the server repeats one in its errors', async () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJ2aWRlbyI6e319.c2lnbmF0dXJl';
  const { run, stderr } = buildWorld({
    runWorker: () => Promise.reject(new Error(`invalid token: ${token}`)),
  });
  await run('start', '--log-level', 'debug');
  expect(stderr.text).toContain('invalid token: [token]');
  expect(stderr.text).not.toContain('eyJ');
});

it('[CLI-10] warns in the log of a misspelt setting', async () => {
  const environment = { ...keys, INACTIVTY_TIMEOUT: '1m' };
  const { run, stdout } = buildWorld({
    readSources: (flags) => ({ flags, environment, dotenv: {} }),
  });
  expect(await run('start')).toBe(0);
  expect(stdout.text).toContain('is INACTIVITY_TIMEOUT meant?');
});

it('[CLI-11] hands signals to the worker, logs uncaught errors, and lets go of both after it', async () => {
  const { run, stdout, signals } = buildWorld({
    runWorker: ({ shutdown }) =>
      new Promise((resolve) => {
        shutdown.subscribe(({ exitCode }) => resolve({ exitCode }));
        signals.emit('uncaughtException', new Error('nobody caught it'));
      }),
  });
  expect(await run('start')).toBe(1);
  expect(stdout.text).toContain('nobody caught it');
  expect(signals.eventNames()).toEqual([]);
});

const agentSource = `
import { z } from '${import.meta.resolve('zod')}';
export default {
  name: 'mine', jobType: 'room', metadata: z.object({}), settings: z.object({}),
  permissions() {}, machine() {}, view() {},
};`;

it('[CLI-12] starts agents from files beside built-in ones', async () => {
  const { run, done } = buildWorld();
  const file = inFile('agent.mjs', agentSource);
  expect(await run('start', '--agent', 'participant-monitor', '--agent', file)).toBe(0);
  expect(done.workers[0]?.agents.map(({ name }) => name)).toEqual(['participant-monitor', 'mine']);
});

it.each([
  ['agent.mjs', 'export const agent = 1;', 'has no default export'],
  ['agent.mjs', 'export default {};', 'is not an agent'],
  ['agent.mjs', 'export default null;', 'is not an agent'],
  ['agent.mjs', 'export default {', 'cannot be loaded: '],
  ['agent.mjs', 'throw new Error("no licence");', 'cannot be loaded: Error: no licence'],
  ['agent.ts', '', 'is TypeScript, which Node 20 does not load'],
])('[CLI-13] refuses the agent %s with %j', async (name, content, message) => {
  const { run, stderr } = buildWorld();
  expect(await run('start', '--agent', inFile(name, content))).toBe(2);
  expect(stderr.text).toContain(message);
  expect(stderr.text).toContain('(E_AGENT_MODULE)');
});

it('[CLI-14] refuses agents that are not there, and the same one twice', async () => {
  const { run, stderr } = buildWorld();
  expect(await run('start', '--agent', './nowhere.js')).toBe(2);
  expect(stderr.text).toContain('there is no file');
  expect(await run('start', '--agent', 'participant-moniter')).toBe(2);
  expect(stderr.text).toContain('Is participant-monitor meant?');
  const twice = ['--agent', 'participant-monitor', '--agent', 'participant-monitor'];
  expect(await run('start', ...twice)).toBe(2);
  expect(stderr.text).toContain('there are two agents named participant-monitor');
});

it('[CLI-15] runs the demo for a time, on a terminal only where there is one', async () => {
  const { run, done, stdout } = buildWorld();
  stdout.isTTY = true;
  await run('demo');
  await run('demo', '--seconds', '2.5', '--no-tty');
  expect(done.demos).toEqual([
    expect.objectContaining({ server: null, durationMs: null, isTty: true }),
    expect.objectContaining({ server: null, durationMs: 2_500, isTty: false }),
  ]);
});

it('[CLI-16] runs the demo on a server only where --url names it, never on LIVEKIT_URL', async () => {
  const environment = { ...keys, LIVEKIT_URL: 'wss://production' };
  const { run, done } = buildWorld({
    readSources: (flags) => ({ flags, environment, dotenv: {} }),
  });
  await run('demo');
  await run('demo', '--url', 'ws://127.0.0.1:7880');
  expect(done.demos.map(({ server }) => server?.url)).toEqual([undefined, 'ws://127.0.0.1:7880']);
});

it('[CLI-17] dispatches with the participant merged into the metadata, and prints the id', async () => {
  const { run, done, stdout } = buildWorld();
  const args = ['dispatch', 'support-42', '--agent', 'participant-monitor'];
  const metadata = '{"end_on_disconnect": true}';
  expect(await run(...args, '--participant', 'alice', '--metadata', metadata)).toBe(0);
  expect(done.dispatches).toEqual([
    {
      room: 'support-42',
      agent: 'participant-monitor',
      metadata: '{"participant_identity":"alice","end_on_disconnect":true}',
    },
  ]);
  expect(stdout.text).toContain('AD_1');
});

it('[CLI-18] takes metadata from a file, and prints JSON', async () => {
  const { run, stdout } = buildWorld();
  const file = inFile('metadata.json', '{\n  "language": "de"\n}\n');
  const args = ['dispatch', 'r', '--agent', 'other', '--metadata', `@${file}`, '--json'];
  expect(await run(...args)).toBe(0);
  expect(JSON.parse(stdout.text)).toEqual({
    id: 'AD_1',
    room: 'r',
    agent: 'other',
    metadata: { language: 'de' },
  });
});

it.each([
  ['{"a":bc}', 'line 1, column 6, at "bc}"'],
  ['{"a":1,}', 'line 1, column 8, at "}"'],
  ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3'],
  ['{"a": "b', 'line 1, column 9, where it ends too early'],
  ['{a:1}', 'line 1, column 2'],
  ['nonsense', 'line 1, column 2'],
  ['[1]', '--metadata is not a JSON object'],
  ['@/nowhere/at/all.json', 'cannot be read'],
])('[CLI-19] says where the metadata %j is wrong', async (metadata, message) => {
  const { run, done, stderr } = buildWorld();
  expect(await run('dispatch', 'r', '--agent', 'other', '--metadata', metadata)).toBe(2);
  expect(stderr.text).toContain(message);
  expect(done.dispatches).toEqual([]);
});

it('[CLI-20] refuses metadata that the built-in agent would refuse', async () => {
  const { run, done, stderr } = buildWorld();
  const args = ['dispatch', 'r', '--agent', 'participant-monitor'];
  expect(await run(...args)).toBe(2);
  expect(stderr.text).toContain('--participant');
  const metadata = '{"monitoring_type": "all", "colour": 1}';
  expect(await run(...args, '--participant', 'a', '--metadata', metadata)).toBe(2);
  expect(stderr.text).toMatch(/monitoring_type: expected one of basic, full, custom/);
  expect(stderr.text).toMatch(/colour: expected no such key/);
  expect(done.dispatches).toEqual([]);
});

it('[CLI-21] refuses two different participants in one dispatch', async () => {
  const { run, stderr } = buildWorld();
  const metadata = '{"participant_identity": "bob"}';
  const args = ['dispatch', 'r', '--agent', 'other', '--participant', 'alice'];
  expect(await run(...args, '--metadata', metadata)).toBe(2);
  expect(stderr.text).toContain('--participant says "alice"');
});

it.each([
  ['taken', ''],
  ['refused', 'A worker refused it.'],
  ['untaken', 'No worker took it within 7 s'],
] as const)('[CLI-63] says of a dispatch that was %s: %j', async (outcome, advice) => {
  const { run, stdout, stderr } = buildWorld({ watchDispatch: () => Promise.resolve(outcome) });
  expect(await run('dispatch', 'r', '--agent', 'other', '--json')).toBe(0);
  expect(JSON.parse(stdout.text)).toMatchObject({ id: 'AD_1' });
  if (advice === '') expect(stderr.text).toBe('');
  else expect(stderr.text).toContain(advice);
});

it('[CLI-64] waits for no job about a participant who is not there, and keeps what it dispatched', async () => {
  const watched = new Array<WatchedDispatch>();
  const { run, stderr } = buildWorld({
    watchDispatch: (_settings, dispatch) => {
      watched.push(dispatch);
      return watched.length === 1
        ? Promise.resolve('early')
        : Promise.reject(new Error('the server has gone'));
    },
  });
  const monitor = ['dispatch', 'r', '--agent', 'participant-monitor', '--participant', 'alice'];
  expect(await run(...monitor)).toBe(0);
  expect(stderr.text).toContain('"alice" is not in the room: the job comes when they join');
  // Nobody here knows whether a job of this agent is about a participant.
  expect(await run('dispatch', 'r', '--agent', 'other', '--participant', 'alice')).toBe(0);
  expect(stderr.text).toContain('Whether a worker took it is not known: the server has gone.');
  expect(watched.map(({ participant }) => participant)).toEqual(['alice', null]);
});

it('[CLI-22] ends with 1 where the server does not do it', async () => {
  const createDispatch = () =>
    Promise.reject(new GreenroomError('E_UNAUTHORIZED', 'ws://host refuses the API key'));
  const { run, stderr } = buildWorld({ createDispatch });
  expect(await run('dispatch', 'r', '--agent', 'other')).toBe(1);
  expect(stderr.text).toContain('LIVEKIT_API_SECRET with the keys of the server');
});
