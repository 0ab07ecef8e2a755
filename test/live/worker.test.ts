import { randomUUID } from 'node:crypto';
import { expect, inject, it, onTestFinished } from 'vitest';
import { MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';
import { startOwnServer } from '../support/own-server.ts';
import { startWorkerProcess } from '../support/worker-process.ts';

const server = inject('livekit');

it('[LIVE-20] drains on SIGTERM: takes no more jobs, ends the running ones as drained, exits with 143', async () => {
  const agentName = `participant-monitor-${randomUUID()}`;
  const worker = await startWorkerProcess(server, {
    LIVEKIT_AGENT_NAME: agentName,
    DRAIN_TIMEOUT: '1s',
  });
  const room = new MonitoredRoom(server, worker, agentName);
  onTestFinished(() => room.close());
  await room.dispatch();
  await room.enter('alice');
  await room.until({ state: 'connected' });
  worker.signal('SIGTERM');
  expect(await worker.exited).toBe(143);
  expect(worker.logs.filter(({ msg }) => msg === 'session summary')).toMatchObject([
    { endReason: 'drained', pii: { identity: 'alice' } },
  ]);
  expect(worker.logs.filter(({ msg }) => msg === 'job ended')).toMatchObject([
    { reason: 'drained' },
  ]);
});

it('[LIVE-21] lives through the loss of its server: sessions end, health says so, new jobs run', async () => {
  const first = await startOwnServer();
  onTestFinished(() => first.kill());
  const worker = await startWorkerProcess(first);
  onTestFinished(() => worker.stop());
  const room = new MonitoredRoom(first, worker, 'participant-monitor');
  onTestFinished(() => room.close());
  await room.dispatch();
  await room.enter('alice');
  await room.until({ state: 'connected', tracked: true });
  const health = async () => (await fetch(worker.httpUrl)).status;
  expect(await health()).toBe(200);

  await first.kill();
  await expect.poll(health, withinDeadline).toBe(503);
  await room.until({ tracked: false });
  // The media stack tries for some while to reach the server again.
  await expect
    .poll(room.session, { timeout: 60_000, interval: 100 })
    .toMatchObject({ state: 'ended', endReason: 'connection_lost' });

  const second = await startOwnServer({ address: first.address });
  onTestFinished(() => second.stop());
  await expect.poll(health, { timeout: 45_000, interval: 100 }).toBe(200);
  const next = new MonitoredRoom(second, worker, 'participant-monitor');
  onTestFinished(() => next.close());
  await next.dispatch();
  await next.enter('alice');
  await next.until({ state: 'connected' });
}, 180_000);

it('[LIVE-22] joins twenty rooms that are dispatched at once', async () => {
  const agentName = `participant-monitor-${randomUUID()}`;
  const worker = await startWorkerProcess(server, { LIVEKIT_AGENT_NAME: agentName });
  onTestFinished(() => worker.stop());
  // One room for all, since each participant is a process: for the worker twenty jobs are twenty joins.
  const room = new MonitoredRoom(server, worker, agentName);
  onTestFinished(() => room.close());
  await room.enter('alice');
  await room.dispatchMany(20);
  const joined = async () =>
    (await room.sessions()).filter(({ state }) => state === 'connected').length;
  await expect.poll(joined, withinDeadline).toBe(20);
});
