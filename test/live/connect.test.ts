import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ParticipantInfo_Kind } from '@livekit/protocol';
import { expect, inject, it, onTestFinished } from 'vitest';
import { killWithParent } from '../../src/io/livekit/parent-guard.ts';
import type { TestServer } from '../support/clients/test-client.ts';
import { MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';

const server = inject('livekit');
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MAIN = fileURLToPath(new URL('../../src/io/cli/main.ts', import.meta.url));

/** `greenroom connect` as a process of its own. */
function connect({ url, apiKey, apiSecret }: TestServer, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-connect-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const child = spawn(process.execPath, ['--import', TSX, MAIN, 'connect', ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      LIVEKIT_URL: url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
      EVENT_LOG_DIR: folder,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endGuard = killWithParent(child.pid ?? 0);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const exited = once(child, 'close').then(() => {
    endGuard();
    return child.exitCode;
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    expect(output.stdout + output.stderr).not.toContain(apiSecret);
    expect(output.stdout + output.stderr).not.toMatch(/eyJ/);
  });
  const shows = (text: string) => expect.poll(() => output.stdout, withinDeadline).toContain(text);
  return { output, exited, shows, signal: (signal: NodeJS.Signals) => child.kill(signal) };
}

/** A room without any dispatch. */
function openRoom(): MonitoredRoom {
  const room = new MonitoredRoom(server, { sessions: () => Promise.resolve([]) }, 'nobody');
  onTestFinished(() => room.close());
  return room;
}

it('[LIVE-70] follows a participant without a dispatch, unseen, and ends as drained on a signal', async () => {
  const room = openRoom();
  await room.enter('alice');
  const { output, exited, shows, signal } = connect(
    server,
    ...['--room', room.name, '--participant', 'alice'],
  );
  await shows('alice: joining -> connected');
  await shows('alice: quality excellent');
  const others = (await room.rooms.listParticipants(room.name)).filter(
    ({ identity }) => identity !== 'alice',
  );
  expect(others.map(({ identity }) => identity.slice(0, 6))).toEqual(['agent-']);
  expect(others).toMatchObject([
    {
      kind: ParticipantInfo_Kind.AGENT,
      permission: { hidden: true, agent: true, canPublish: false, canPublishData: true },
    },
  ]);
  signal('SIGTERM');
  expect(await exited).toBe(143);
  expect(output.stderr).toBe('');
  expect(output.stdout).toContain('alice: ended, drained');
  expect(output.stdout).toMatch(/^alice .* drained$/m);
  expect((await room.rooms.listParticipants(room.name)).length).toBe(1);
});

it('[LIVE-71] ends when the session does, and prints JSON alone with --json', async () => {
  const room = openRoom();
  const metadata = '{"end_on_disconnect": true}';
  const { output, exited } = connect(
    server,
    ...['--room', room.name, '--participant', 'alice', '--metadata', metadata, '--json'],
  );
  const alice = await room.enter('alice');
  const welcomed = () => alice.messages.map(({ topic }) => topic);
  await expect.poll(welcomed, withinDeadline).toEqual(['participant_monitoring']);
  await alice.leave();
  expect(await exited).toBe(0);
  expect(JSON.parse(output.stdout)).toMatchObject({
    room: room.name,
    agent: 'participant-monitor',
    endReason: 'participant_left',
    summary: { identity: 'alice', endReason: 'participant_left' },
    alerts: [],
  });
});

it('[LIVE-72] makes the room where it is not there, and says who never came with status 1', async () => {
  const room = `room-${randomUUID()}`;
  const metadata = JSON.stringify({
    monitoring_type: 'custom',
    custom_settings: { inactivity_timeout: '1s' },
  });
  const { output, exited } = connect(
    server,
    ...['--room', room, '--participant', 'nobody', '--metadata', metadata],
  );
  expect(await exited).toBe(1);
  expect(output.stdout).toContain('nobody: ended, participant_never_connected');
});

it('[LIVE-73] runs any agent', async () => {
  const room = openRoom();
  const alice = await room.enter('alice');
  const { exited, shows, signal, output } = connect(
    server,
    ...['--room', room.name, '--agent', resolve('examples/greeter.agent.js')],
  );
  await shows('joining -> greeting');
  await expect
    .poll(() => alice.messages.map(({ text }): unknown => JSON.parse(text)), withinDeadline)
    .toEqual([{ type: 'greeting', text: 'Hello, alice!' }]);
  signal('SIGINT');
  expect(await exited).toBe(130);
  expect(output.stdout).toMatch(/^greeter in .*: {"greeted":1}\nEnded: drained$/m);
});

it('[LIVE-74] tells a wrong key and a server that is not there, with status 1', async () => {
  const args = ['--room', 'any', '--participant', 'alice'];
  const refused = connect({ ...server, apiSecret: 'x'.repeat(32) }, ...args);
  expect(await refused.exited).toBe(1);
  expect(refused.output.stderr).toContain('refuses the API key (E_UNAUTHORIZED)');
  // Port 9 of loopback: nobody listens there.
  const gone = connect({ ...server, url: 'ws://127.0.0.1:9' }, ...args);
  expect(await gone.exited).toBe(1);
  expect(gone.output.stderr).toContain('(E_SERVER_UNREACHABLE)');
});
