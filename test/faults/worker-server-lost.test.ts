import { expect, it } from 'vitest';
import { LeakCheck } from '../support/leak-check.ts';
import { MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';
import { startOwnServer } from '../support/own-server.ts';
import { openTcpProxy } from '../support/tcp-proxy.ts';
import { endReasons, openSessions, WorkerStage } from '../support/worker-stage.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

/** Between two attempts lie 30 s at most. */
const withinBackoff = { timeout: 45_000, interval: 100 };

const healthOf = (worker: WorkerProcess) => async () => (await fetch(worker.httpUrl)).status;

const warningsOf = ({ logs }: WorkerProcess) =>
  logs.filter(({ msg }) => msg.startsWith('not connected to the server'));

it('[FAULT-31] warns once a minute that it cannot reach its server, and tries on meanwhile', async (context) => {
  const stage = await WorkerStage.open();
  context.onTestFinished(() => stage.close());
  const proxy = await openTcpProxy(stage.server.address.httpPort);
  context.onTestFinished(() => proxy.close());
  const { worker, room } = await stage.startWorker(context, {
    settings: { LIVEKIT_URL: `ws://127.0.0.1:${proxy.port}` },
  });
  await openSessions({ worker, room }, 1);
  proxy.block('/agent');
  await expect.poll(() => warningsOf(worker).length, { timeout: 120_000, interval: 250 }).toBe(2);
  const [first, second] = warningsOf(worker).map(({ ['time']: time }) => Date.parse(String(time)));
  expect((second ?? NaN) - (first ?? NaN)).toBeGreaterThanOrEqual(60_000);
  expect(proxy.refusedCount()).toBeGreaterThanOrEqual(5);
  expect(await healthOf(worker)()).toBe(503);
  expect(await room.sessions()).toMatchObject([{ state: 'connected', tracked: false }]);
  proxy.unblock();
  await expect.poll(healthOf(worker), withinBackoff).toBe(200);
  await openSessions({ worker, room }, 1);
}, 240_000);

it('[FAULT-32] the death of its server ends all sessions as connection_lost, and leaves nothing behind', async (context) => {
  const stage = await WorkerStage.open();
  context.onTestFinished(() => stage.close());
  const { worker, room } = await stage.startWorker(context);
  const dispatches = await openSessions({ worker, room }, 1);
  await room.dispatches.deleteDispatch(dispatches[0] ?? '', room.name);
  await expect.poll(() => endReasons(worker), withinDeadline).toHaveLength(1);
  const leaks = await LeakCheck.ofWorker(worker);
  await openSessions({ worker, room }, 5);

  await stage.server.kill();
  await expect.poll(healthOf(worker), withinDeadline).toBe(503);
  // The media stack tries for some while to reach the server again.
  await expect
    .poll(() => endReasons(worker).slice(1), { timeout: 60_000, interval: 100 })
    .toEqual(Array.from({ length: 5 }, () => 'connection_lost'));
  // Each final status was tried once.
  const lost = worker.logs.filter(({ msg }) => msg.includes('could not be brought to the server'));
  expect(lost).toMatchObject(
    Array.from({ length: 5 }, () => ({ level: 'warn', status: 'failed' })),
  );

  const second = await startOwnServer({ address: stage.server.address });
  context.onTestFinished(() => second.stop());
  await expect.poll(healthOf(worker), withinBackoff).toBe(200);
  await leaks.expectNothingLeft();
  const next = new MonitoredRoom(second, worker, room.agentName);
  context.onTestFinished(() => next.close());
  await next.enter('alice');
  await openSessions({ worker, room: next }, 1);
}, 240_000);
