import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RoomServiceClient } from 'livekit-server-sdk';
import { expect, inject, it, onTestFinished } from 'vitest';
import type { CheckId, CheckResult } from '../../src/io/doctor/check.ts';
import type { DoctorReport } from '../../src/io/doctor/run-doctor.ts';
import { MonitoredRoom } from '../support/monitored-room.ts';
import { startOwnServer } from '../support/own-server.ts';
import { environmentOf, startWorkerProcess } from '../support/worker-process.ts';
import type { TestServer } from '../support/clients/test-client.ts';

const server = inject('livekit');
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MAIN = fileURLToPath(new URL('../../src/io/cli/main.ts', import.meta.url));

/** `greenroom doctor --json` as a process of its own. */
async function examine(examined: TestServer, settings: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const child = spawn(process.execPath, ['--import', TSX, MAIN, 'doctor', '--json'], {
    cwd: folder,
    env: { ...environmentOf(examined), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    child.exitCode ?? once(child, 'close'),
  ]);
  expect(stdout + stderr).not.toContain(settings['LIVEKIT_API_SECRET'] ?? examined.apiSecret);
  expect(stdout + stderr).not.toMatch(/eyJ/);
  const report = JSON.parse(stdout) as DoctorReport;
  const check = (id: CheckId): CheckResult | undefined =>
    report.checks.find((other) => other.id === id);
  const by = (status: string) =>
    report.checks.filter((other) => other.status === status).map(({ id }) => id);
  return { exitCode: child.exitCode, report, check, by };
}

it('[LIVE-60] finds nothing wrong with a real server, and leaves no room on it', async () => {
  const { exitCode, check, by } = await examine(server);
  expect([exitCode, by('failed'), by('skipped')]).toEqual([0, [], []]);
  expect(check('registration')?.found).toMatch(/LiveKit 1\.\d+\.\d+.*, open source$/);
  expect(check('dispatch')?.found).toMatch(/^a job came after \d/);
  const rooms = await new RoomServiceClient(
    server.url.replace('ws', 'http'),
    server.apiKey,
    server.apiSecret,
  ).listRooms();
  expect(rooms.filter(({ name }) => name.startsWith('greenroom-doctor'))).toEqual([]);
});

it('[LIVE-61] tells a wrong secret from a wrong key', async () => {
  const wrongSecret = await examine(server, { LIVEKIT_API_SECRET: 'x'.repeat(32) });
  expect(wrongSecret.exitCode).toBe(1);
  expect(wrongSecret.by('failed')).toEqual(['keys']);
  expect(wrongSecret.check('keys')?.remedy).toContain('LIVEKIT_API_SECRET');
  expect(wrongSecret.by('skipped')).toEqual(['registration', 'dispatch', 'rooms', 'recording']);
  const wrongKey = await examine(server, { LIVEKIT_API_KEY: 'nobody' });
  expect(wrongKey.check('keys')?.found).toContain('does not know LIVEKIT_API_KEY');
});

it('[LIVE-62] says that a server has gone', async () => {
  const gone = await startOwnServer();
  await gone.kill();
  const { exitCode, check, by } = await examine(gone);
  expect([exitCode, by('failed')]).toEqual([1, ['server']]);
  expect(check('server')?.found).toContain('nothing listens on');
});

it('[LIVE-63] tells a port that a worker of ours serves from one that is taken', async () => {
  const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const taken = await examine(server, { HTTP_PORT: port });
  expect([taken.exitCode, taken.by('failed')]).toEqual([1, ['port']]);

  const worker = await startWorkerProcess(server, { LIVEKIT_AGENT_NAME: randomUUID() });
  onTestFinished(() => worker.stop());
  const ours = await examine(server, { HTTP_PORT: new URL(worker.httpUrl).port });
  expect(ours.check('port')).toMatchObject({ status: 'warning' });
  expect(ours.exitCode).toBe(0);
});

it('[LIVE-64] says why nothing happens in a room that was dispatched to before the worker came, until it is again', async () => {
  const own = await startOwnServer();
  onTestFinished(() => own.stop());
  const room = new MonitoredRoom(
    own,
    { sessions: () => Promise.resolve([]) },
    'participant-monitor',
  );
  onTestFinished(() => room.close());
  await room.dispatch();
  await room.enter('alice');
  const worker = await startWorkerProcess(own);
  onTestFinished(() => worker.stop());
  // A dispatch counts as unanswered when it is 10 s old.
  await expect
    .poll(async () => (await examine(own)).check('rooms'), { timeout: 30_000, interval: 1_000 })
    .toMatchObject({
      status: 'warning',
      found: '1 room has participants; in 1 of them an agent was asked for and is not there',
      details: [
        `1: no worker was registered for that agent when it was dispatched: "${room.name}"`,
      ],
    });
  expect(await worker.sessions()).toEqual([]);
  // What it says to do.
  const served = new MonitoredRoom(own, worker, 'participant-monitor', room.name);
  await served.dispatch();
  await served.until({ state: 'connected' });
  // The server lists a job some seconds after its start.
  await expect
    .poll(async () => (await examine(own)).check('rooms'), { timeout: 30_000, interval: 1_000 })
    .toMatchObject({ status: 'ok' });
});
