import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { buildWorld } from '../../support/command-world.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';
import { FakeRelay } from '../../support/fake-relay.ts';
import { story } from '../../support/live-stream.ts';
import { buildSession } from '../../support/sessions-view.ts';

const START_MS = 30_000;

const isSignal = (text: string): text is 'SIGTERM' | 'SIGHUP' => text.startsWith('SIG');

/** A relay that tells the story to everybody who looks. */
const startRelay = (token?: string): Promise<FakeRelay> =>
  FakeRelay.start({
    ...(token === undefined ? {} : { token }),
    onWord: (word, say) => {
      if (word.type === 'look' && word.tree) for (const message of story.slice(1)) say(message);
    },
  });

const command = (...nodeOptions: readonly string[]) => [
  process.execPath,
  ...nodeOptions,
  '--import',
  import.meta.resolve('tsx'),
  resolve('src/io/cli/main.ts'),
  'top',
];

/** A program, and what it has written so far; it does not outlive the test. */
function run([program = '', ...args]: readonly string[]) {
  const child = spawn(program, args, {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', SHELL: '/bin/sh', NO_COLOR: '1' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const written = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (written.text += chunk.toString('utf8')));
  }
  const ended = once(child, 'close').then(() => child.exitCode);
  const until = (text: string | RegExp): Promise<void> =>
    vi.waitFor(() => expect(written.text).toMatch(text), START_MS);
  return { child, written, ended, until };
}

/** The same on a pseudo terminal of this size, and then what is left of the terminal's settings. */
const onTerminal = (args: readonly string[], size: string, nodeOptions: readonly string[] = []) => {
  const quoted = [...command(...nodeOptions), ...args].map((word) => `'${word}'`).join(' ');
  const named = `sh -c 'echo pid $$; exec "$@"' sh ${quoted}`;
  const line = `stty ${size}; ${named}; echo status $?; stty -a; echo over`;
  return run(['script', '--quiet', '--return', '--command', line, '/dev/null']);
};

it('[TOP-28] gives the options to what runs, with the token of flag or environment', async () => {
  const { run: runLine, done } = buildWorld();
  expect(await runLine('top')).toBe(0);
  const args = ['--url', 'http://127.0.0.1:1', '--token', 'open-sesame', '--tree'];
  expect(await runLine('top', ...args, '--sort', 'level', '--room', 'r', '--filter', 'x')).toBe(0);
  expect(done.tops).toMatchObject([
    { url: 'http://127.0.0.1:7788', token: null, terminal: null, isOnce: false },
    {
      url: 'http://127.0.0.1:1',
      token: 'open-sesame',
      state: { view: 'tree', sort: 'level', room: 'r', filter: 'x' },
    },
  ]);
});

it.each([
  [['--sort', 'loudness'], 'Allowed choices are alerts, level'],
  [['--json'], 'Give --once, too.'],
])('[TOP-29] ends with 2 for %j', async (args, message) => {
  const { run: runLine, stderr } = buildWorld();
  expect(await runLine('top', ...args)).toBe(2);
  expect(stderr.text).toContain(message);
});

it('[TOP-30] prints what there is once: as a table, and as JSON', async () => {
  const relay = await startRelay('open-sesame');
  const args = ['--url', relay.url, '--token', 'open-sesame', '--once'];
  const table = run([...command(), ...args]);
  const document = run([...command(), ...args, '--json', '--tree']);
  expect([await table.ended, await document.ended]).toEqual([0, 0]);
  expect(table.written.text).toMatch(/sessions 2 {2}by alerts[^]*alice[^]*bob/);
  expect(table.written.text).not.toContain('\x1b');
  const told: unknown = JSON.parse(document.written.text);
  expect(told).toMatchObject({
    version: 1,
    sessions: [{ identity: 'bob' }, { identity: 'alice' }],
    sessionsTotal: 2,
    worker: { jobs: 2 },
    alerts: [{ alert: { key: 'video_frozen' } }],
  });
  expect(document.written.text).toContain('job/agent/track:TR_1');
}, 60_000);

it('[TOP-31] ends with 1 and says why, where nobody listens or the token is wrong', async () => {
  const relay = await startRelay('open-sesame');
  const gone = await startRelay();
  await gone.close();
  const refused = run([...command(), '--url', relay.url, '--token', 'a-wrong-token']);
  const unheard = run([...command(), '--url', gone.url]);
  expect([await refused.ended, await unheard.ended]).toEqual([1, 1]);
  expect(refused.written.text).toContain('it refuses the token (E_RELAY_REFUSED)');
  expect(refused.written.text).not.toContain('a-wrong-token');
  expect(unheard.written.text).toContain('(E_RELAY_UNREACHABLE)');
}, 60_000);

it('[TOP-32] writes a line for each change into a pipe, also over the loss of the relay', async () => {
  const relay = await startRelay();
  const { child, until, ended, written } = run([...command(), '--url', relay.url]);
  await until('alice: alert video_frozen');
  const left = buildSession({ state: 'disconnected', presence: null, speech: null, video: null });
  relay.say({ type: 'sessions', at: 62_000, sessions: [left], total: 1 });
  await until(/01:01 {2}alice: connected -> disconnected/);
  await relay.close();
  await until('not connected: ');
  child.kill('SIGTERM');
  expect(await ended).toBe(143);
  expect(written.text).not.toContain('\x1b');
}, 60_000);

it.each([
  ['q', 0],
  ['\x03', 0],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])(
  '[TOP-33] gives a real terminal back after %j',
  async (quit, status) => {
    const relay = await startRelay();
    const { child, until, ended, written } = onTerminal(['--url', relay.url], 'cols 60 rows 12');
    await until('> alice');
    expect(written.text).toContain('\x1b[?1049h');
    expect(written.text).toContain('\x1b[12;1H');
    expect(written.text).not.toContain('\x1b[13;1H');
    child.stdin.write('t');
    await until('track:TR_1');
    if (isSignal(quit)) process.kill(Number(/pid (\d+)/.exec(written.text)?.[1]), quit);
    else child.stdin.write(quit);
    await until(/over\s*$/);
    const after = written.text.slice(written.text.lastIndexOf('\x1b[?1049l'));
    expect(after).toContain(`status ${status}`);
    expect(after).toMatch(/\sicanon/);
    expect(after).toMatch(/\secho\s/);
    await ended;
  },
  60_000,
);

it('[TOP-34] leaves what nobody caught to be read on the terminal that it gives back', async () => {
  const relay = await startRelay();
  const folder = await temporaryFolder();
  const trap = join(folder, 'trap.mjs');
  await writeFile(trap, `process.on('SIGUSR2', () => { throw new Error('a mistake of ours'); });`);
  const { until, ended, written } = onTerminal(['--url', relay.url], 'cols 60 rows 12', [
    '--import',
    trap,
  ]);
  await until('> alice');
  process.kill(Number(/pid (\d+)/.exec(written.text)?.[1]), 'SIGUSR2');
  await until(/over\s*$/);
  const after = written.text.slice(written.text.lastIndexOf('\x1b[?1049l'));
  expect(after).toContain('error: a mistake of ours');
  expect(written.text.split('a mistake of ours')[0]).toContain('\x1b[?1049l');
  expect(after).toContain('status 1');
  await ended;
}, 60_000);
