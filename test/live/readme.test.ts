import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import type { SessionsView } from '../../src/io/http/sessions-view.ts';
import { killWithParent } from '../../src/io/livekit/parent-guard.ts';

const run = promisify(execFile);
const readme = readFileSync('README.md', 'utf8');
const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].map(
  ([, command = '']) => command,
);

const runHere = new Set<string>();

/** The one command of the README in which all of this stands. */
function commandWith(...parts: readonly string[]): string {
  const found = commands.filter((command) => parts.every((part) => command.includes(part)));
  const [command] = found;
  if (command === undefined || found.length > 1) {
    throw new Error(
      `${found.length} commands of the README have ${parts.join(' and ')}: expected one`,
    );
  }
  runHere.add(command);
  return command;
}

const demo = commandWith('npm run demo');
// It is what runs this.
const test = commandWith('npm test');
const start = commandWith('greenroom start --url');
const dispatch = commandWith('greenroom dispatch support-42');
const sessions = commandWith('curl', '/sessions');
const doctor = commandWith('greenroom doctor');
const connect = commandWith('greenroom connect');
const simulate = commandWith('greenroom simulate');
const startOwn = commandWith('greenroom start --agent ./examples/greeter.agent.js');
const dispatchOwn = commandWith('greenroom dispatch lobby');
const startAll = commandWith('greenroom start --agent participant-monitor');
const dispatchAll = commandWith('for agent in');
const report = commandWith('greenroom report');
const dispatchHands = commandWith('greenroom dispatch classroom');
const testOwn = commandWith('vitest run --root examples');
const replay = commandWith('greenroom replay test/golden --agent');
const whatIf = commandWith('--set SPEAKING_THRESHOLD');
const find = commandWith('--find alert:quality');
const inspect = commandWith('greenroom inspect');

const server = inject('livekit');
let checkout: string;

/** What git would clone, plus what is not committed yet. */
beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'greenroom-clone-'));
  const { stdout } = await run('git', ['ls-files', '-co', '--exclude-standard']);
  for (const file of stdout.trim().split('\n')) await cp(file, join(checkout, file));
}, 30_000);
afterAll(() => rm(checkout, { recursive: true }));

/** A newcomer's shell: nothing of our environment but where programs and caches are. */
const environment = () => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  ...(process.env['XDG_CACHE_HOME'] ? { XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] } : {}),
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: '0',
});

/** The command, with the address and keys of the server that is there. */
const adapted = (command: string): string =>
  command
    .replace('ws://localhost:7880', server.url)
    .replace('devkey', server.apiKey)
    .replace('secret-of-at-least-32-characters', server.apiSecret);

const shell = async (command: string): Promise<string> => {
  const options = { cwd: checkout, env: environment(), maxBuffer: 16 * 1024 * 1024 };
  return (await run('bash', ['-c', command], options)).stdout;
};

type Worker = { readonly output: () => string };

/** Starts something that goes on, and waits until it says so; the test ends it. */
async function startCommand(command: string, sign: string): Promise<Worker> {
  // A group of its own, as a terminal's job is: npx passes no signal on to what it started.
  const child = spawn('bash', ['-c', adapted(command)], {
    cwd: checkout,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const group = -(child.pid ?? 0);
  const endGuard = killWithParent(group);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  onTestFinished(async () => {
    const closed = once(child, 'close');
    // The first signal asks it to drain, the second to end.
    process.kill(group, 'SIGTERM');
    process.kill(group, 'SIGINT');
    await closed;
    endGuard();
  });
  await expect.poll(() => output, { timeout: 20_000 }).toContain(sign);
  return { output: () => output };
}

/** Until all of its agents may get jobs: the server asks for a job once. */
async function startWorker(command: string): Promise<Worker> {
  const sign = '"state":"available"';
  const worker = await startCommand(command, sign);
  const agents = Math.max(1, command.split('--agent ').length - 1);
  await expect
    .poll(() => worker.output().split(sign).length - 1, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(agents);
  return worker;
}

const inRoom = (room: string, identity: string) =>
  SyntheticParticipant.start({ ...server, room, identity, sources: ['microphone'] });

describe('every command of the README', () => {
  it('[README-1] is one of those that are run here', () => {
    expect(commands.filter((command) => !runHere.has(command))).toEqual([]);
    expect(test).toBe('npm ci && npm test');
    expect(readFileSync('.ci/run', 'utf8')).toMatch(/npm ci\n[\s\S]*npm test\n/);
  });

  it('[README-2] shows sessions move through their states, and the summary', async () => {
    const output = await shell(demo);
    for (const shown of [
      'carol: awaitingParticipant -> connected',
      'alice: speech speaking',
      'alice: speech silent',
      'bob: video frozen',
      'carol: presence suspect',
      'bob: connected -> disconnected',
      'bob: disconnected -> connected',
    ]) {
      expect(output).toContain(shown);
    }
    expect(output).not.toContain('SIMULATED');
    expect(output).toMatch(/^participant +duration +speaking/m);
    for (const name of ['alice', 'bob', 'carol']) {
      expect(output).toMatch(new RegExp(`^${name} .* drained$`, 'm'));
    }
  }, 300_000);

  it('[README-3] starts a worker, dispatches a monitor and shows its session', async () => {
    const worker = await startWorker(start);
    expect(await shell(adapted(dispatch))).toContain('participant-monitor to room support-42');
    const alice = await inRoom('support-42', 'alice');
    onTestFinished(() => alice.kill());
    const port = /"port":(\d+)/.exec(worker.output())?.[1] ?? 'none';
    const show = sessions.replace('localhost:8081', `127.0.0.1:${port}`);
    await expect
      .poll(() => shell(show), { timeout: 20_000 })
      .toMatch(/"room":"support-42".*"state":"connected"|"state":"connected".*"room":"support-42"/);
  });

  it('[README-13] has several agents in one room', async () => {
    const worker = await startWorker(startAll);
    const alice = await inRoom('support-44', 'alice');
    onTestFinished(() => alice.kill());
    await shell(adapted(dispatchAll));
    const port = /"port":(\d+)/.exec(worker.output())?.[1] ?? 'none';
    const show = sessions.replace('localhost:8081', `127.0.0.1:${port}`);
    const statesOf = async () => {
      const shown = JSON.parse(await shell(show)) as SessionsView;
      return shown.sessions.map(({ agent, state }) => `${agent} ${state}`).sort();
    };
    await expect
      .poll(statesOf, { timeout: 20_000 })
      .toEqual([
        'conversation-analyst following',
        'conversation-monitor following',
        'room-analytics watching',
      ]);
  });

  it('[README-5] finds nothing wrong with doctor', async () => {
    const output = await shell(adapted(doctor));
    expect(output).toMatch(/dispatch/);
    expect(output).not.toMatch(/failed/);
  });

  it('[README-7] joins one room directly', async () => {
    const alice = await inRoom('support-43', 'alice');
    onTestFinished(() => alice.kill());
    await startCommand(connect, 'alice: joining -> connected');
  });

  it('[README-9] replays the golden logs', async () => {
    expect(await shell(replay)).toMatch(/^(\d+) logs: \1 same$/m);
  });

  it('[README-10] says what another threshold would have made, and finds an alert', async () => {
    expect(await shell(whatIf)).toMatch(/^turns +4 +0 +-4$/m);
    expect(await shell(find)).toMatch(/^alert:quality: found in [1-9]\d* of \d+ logs$/m);
  });

  it('[README-11] serves a recorded log on the page', async () => {
    const { output } = await startCommand(`${inspect} --inspect 0`, 'Inspect at http://127.0.0.1:');
    const [url = ''] = /http:\S+/.exec(output()) ?? [];
    expect(await (await fetch(url)).text()).toContain('<title>');
  });

  it('[README-12] reports what the sessions of the logs came to', async () => {
    // Those that a worker would have left there.
    await cp('test/golden', join(checkout, 'greenroom-logs'), { recursive: true });
    const shown = await shell(report.replace('--since 24h', '--since 1000d'));
    expect(shown).toMatch(/^participant +duration/m);
    expect(shown).toMatch(/^[1-9]\d* jobs, \d+ without any figures$/m);
  });

  it('[README-6] plays the scene of the demo without a server', async () => {
    const { sessions: summaries } = JSON.parse(await shell(simulate)) as {
      sessions: { identity: string; turns: number }[];
    };
    expect(summaries.map(({ identity }) => identity).sort()).toEqual(['alice', 'bob', 'carol']);
    expect(summaries.every(({ turns }) => turns > 0)).toBe(true);
  });

  it("[README-4] runs the README's own agent, which is the one of examples", async () => {
    const shown = /<!-- greeter -->\n```js\n([\s\S]*?)```\n/.exec(readme)?.[1];
    expect(shown).toBe(readFileSync('examples/greeter.agent.js', 'utf8'));

    await startWorker(startOwn);
    const room = `lobby-${randomUUID()}`;
    await shell(adapted(dispatchOwn).replace('lobby', room));
    await shell(adapted(dispatchHands).replace('classroom', room));
    const alice = await inRoom(room, 'alice');
    onTestFinished(() => alice.kill());
    const said = () => alice.messages.map(({ text }): unknown => JSON.parse(text));
    const greeting = { type: 'greeting', text: 'Welcome, alice!' };
    await expect.poll(said, { timeout: 20_000 }).toContainEqual(greeting);
    // Until the agent is in the room, too, and hears it.
    await expect
      .poll(
        async () => {
          await alice.sendData('raise-hand', new TextEncoder().encode('raise'));
          return said();
        },
        { timeout: 20_000, interval: 500 },
      )
      .toContainEqual({ type: 'hands', speaker: null, hands: ['alice'] });
  });

  it("[README-8] tests the README's own agent, without a server", async () => {
    const shown = await shell(testOwn);
    expect(shown).toMatch(/greeter\.agent\.test\.js.*2 tests/);
    expect(shown).toMatch(/raise-hand\.agent\.test\.js.*2 tests/);
  });
});
