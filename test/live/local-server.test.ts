import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RoomServiceClient, WebhookReceiver } from 'livekit-server-sdk';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { findServerBinary } from '../../src/io/livekit/find-server.ts';
import { startLocalServer, type LocalServer } from '../../src/io/livekit/local-server.ts';
import { listeningSockets } from '../support/listening-sockets.ts';
import { startOwnServer } from '../support/own-server.ts';
import { listenToWebhooks, type WebhookPost } from '../support/webhook-listener.ts';

const withinDeadline = { timeout: 10_000, interval: 50 };

describe('a LiveKit server of our own', () => {
  let servers: LocalServer[] = [];

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    servers = [];
  });

  async function started(...options: Parameters<typeof startOwnServer>): Promise<LocalServer> {
    const server = await startOwnServer(...options);
    servers.push(server);
    return server;
  }

  const roomsOf = ({ url, apiKey, apiSecret }: LocalServer): RoomServiceClient =>
    new RoomServiceClient(url.replace(/^ws/, 'http'), apiKey, apiSecret);

  it('[SERVER-6] answers its own keys, and listens on loopback alone', async () => {
    const server = await started();
    expect(await roomsOf(server).listRooms()).toEqual([]);

    const { httpPort, udpPort } = server.address;
    expect(listeningSockets(server.pid)).toEqual([
      { port: httpPort, isLoopback: true },
      { port: udpPort, isLoopback: true },
    ]);
  });

  it('[SERVER-6] keeps its secret out of its command line and its log', async () => {
    const server = await started();
    const { apiSecret, pid } = server;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    expect(apiSecret.length).toBeGreaterThanOrEqual(32);
    expect(commandLine).not.toContain(apiSecret);
    expect(server.logs().join('\n')).toContain('starting LiveKit server');
    expect(server.logs().join('\n')).not.toContain(apiSecret);
  });

  it('[SERVER-6] runs beside another one', async () => {
    const [one, other] = await Promise.all([started(), started()]);
    expect(one.url).not.toBe(other.url);
    expect(one.apiSecret).not.toBe(other.apiSecret);
  });

  it('[SERVER-7] stops within its deadline, and comes back under the same address', async () => {
    const server = await started();
    await server.stop();
    await expect(fetch(server.url.replace(/^ws/, 'http'))).rejects.toThrow();

    const again = await started({ address: server.address });
    expect(again.url).toBe(server.url);
    expect(await roomsOf(server).listRooms()).toEqual([]);
  });

  it('[SERVER-7] closes rooms after the times it was given', async () => {
    const server = await started({ room: { emptyTimeoutS: 7, departureTimeoutS: 3 } });
    const room = await roomsOf(server).createRoom({ name: 'timed' });
    expect({ empty: room.emptyTimeout, departure: room.departureTimeout }).toEqual({
      empty: 7,
      departure: 3,
    });
  });

  it('[SERVER-10] posts its webhooks where it was told to, signed with its key', async () => {
    const posts: WebhookPost[] = [];
    const listener = await listenToWebhooks((post) => posts.push(post));
    onTestFinished(listener.close);
    const server = await started({ webhookUrl: listener.url });
    await roomsOf(server).createRoom({ name: 'told' });

    await expect.poll(() => posts, withinDeadline).toHaveLength(1);
    const receiver = new WebhookReceiver(server.apiKey, server.apiSecret);
    const events = posts.map(({ body, authorization }) => receiver.receive(body, authorization));
    expect(await Promise.all(events)).toMatchObject([
      { event: 'room_started', room: { name: 'told' } },
    ]);
  });

  it('[SERVER-8] says why a server did not start', async () => {
    const taken = await started();
    await expect(started({ address: taken.address })).rejects.toThrow('address already in use');
    await expect(startLocalServer({ binary: '/nowhere/livekit-server' })).rejects.toThrow('ENOENT');
  });

  it('[SERVER-9] dies with the process that started it, also when that is killed', async () => {
    const found = await findServerBinary({ env: process.env, onProgress: () => {} });
    const owner = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        fileURLToPath(new URL('../support/server-owner.ts', import.meta.url)),
        found.kind === 'binary' ? found.binary : '',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const said = await Promise.race([
      once(createInterface({ input: owner.stdout }), 'line'),
      once(owner, 'exit').then(() => ['it ended before it had a server']),
    ]);
    const serverPid = Number(said[0]);
    expect(serverPid).toBeGreaterThan(0);
    expect(isRunning(serverPid)).toBe(true);

    owner.kill('SIGKILL');
    await expect.poll(() => isRunning(serverPid), withinDeadline).toBe(false);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
