import { randomUUID } from 'node:crypto';
import { afterAll, expect, inject, it, onTestFinished, vi } from 'vitest';
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { disposeRtc } from '../../src/io/livekit/load-rtc.ts';
import { startLiveWorker } from '../support/live-worker.ts';
import { MonitoredRoom } from '../support/monitored-room.ts';
import { listenToWebhooks, readSigned, type WebhookPost } from '../support/webhook-listener.ts';

const server = inject('livekit');

afterAll(disposeRtc);

const told = async (posts: readonly WebhookPost[], name: string) =>
  (await readSigned(posts, server)).filter(({ room }) => room === name);

it('[WHK-60] tells a target of the sessions of a worker, in order, signed, and beside one that is down', async () => {
  const posts: WebhookPost[] = [];
  const target = await listenToWebhooks((post) => posts.push(post));
  const down = await listenToWebhooks(
    () => {},
    (response) => response.writeHead(500).end(),
  );
  onTestFinished(async () => {
    await target.close();
    await down.close();
  });
  const agentName = `participant-monitor-${randomUUID()}`;
  const worker = await startLiveWorker(server, [participantMonitor], {
    LIVEKIT_AGENT_NAME: agentName,
    WEBHOOK_URLS: `${down.url},${target.url}?from=test`,
  });
  onTestFinished(() => worker.remove());
  const rooms = [1, 2].map(() => new MonitoredRoom(server, worker, agentName));
  onTestFinished(async () => {
    for (const room of rooms) await room.close();
  });
  await Promise.all(
    rooms.map(async (room) => {
      await room.dispatch({ end_on_disconnect: true });
      const alice = await room.enter('alice');
      await room.until({ state: 'connected' });
      await alice.leave();
    }),
  );
  for (const { name } of rooms) {
    await vi.waitFor(
      async () => expect((await told(posts, name)).at(-1)?.event).toBe('greenroom.session_ended'),
      { timeout: 45_000, interval: 100 },
    );
  }
  await worker.close();
  for (const { name } of rooms) {
    const webhooks = await told(posts, name);
    expect(webhooks.map(({ event }) => event).filter((event) => !event.includes('alert'))).toEqual([
      'greenroom.session_started',
      'greenroom.session_summary',
      'greenroom.session_ended',
    ]);
    expect(webhooks.map(({ seq }) => seq)).toEqual(webhooks.map((_, index) => index + 1));
    expect(webhooks.map(({ at }) => at).toSorted((one, other) => one - other)).toEqual(
      webhooks.map(({ at }) => at),
    );
  }
  const log = worker.logLines.join('');
  expect(log).toContain('webhooks were dropped at the end');
  for (const secret of [server.apiSecret, 'from=test', 'eyJ']) expect(log).not.toContain(secret);
}, 120_000);
