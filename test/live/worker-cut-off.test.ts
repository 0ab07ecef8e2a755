import { afterAll, beforeAll, expect, it } from 'vitest';
import { LeakCheck } from '../support/leak-check.ts';
import { withinDeadline } from '../support/monitored-room.ts';
import { openTcpProxy } from '../support/tcp-proxy.ts';
import { endReasons, openSessions, WorkerStage } from '../support/worker-stage.ts';

let stage: WorkerStage;

beforeAll(async () => {
  stage = await WorkerStage.open();
});
afterAll(() => stage.close());

it('[FAULT-30] a worker that is cut off from its server keeps its sessions, comes back, and takes new jobs', async (context) => {
  const proxy = await openTcpProxy(stage.server.address.httpPort);
  context.onTestFinished(() => proxy.close());
  const { worker, room } = await stage.startWorker(context, {
    settings: { LIVEKIT_URL: `ws://127.0.0.1:${proxy.port}` },
  });
  const health = async () => (await fetch(worker.httpUrl)).status;
  const [first = ''] = await openSessions({ worker, room }, 1);
  await room.dispatches.deleteDispatch(first, room.name);
  await expect.poll(() => endReasons(worker), withinDeadline).toEqual(['dispatch_deleted']);
  const leaks = await LeakCheck.ofWorker(worker);

  const [staying] = await openSessions({ worker, room }, 1);
  await room.dispatch({ end_on_disconnect: true });
  await room.until({ state: 'connected', tracked: true });
  // The rooms' signalling takes the same road to another path, and goes on.
  proxy.block('/agent');
  await expect.poll(health, withinDeadline).toBe(503);
  await room.until({ state: 'connected', tracked: false });
  await stage.alice.speak(500);
  await room.until({ state: 'connected', turns: 1, speech: 'silent' });

  proxy.unblock();
  await expect.poll(health, withinDeadline).toBe(200);
  const warnings = worker.logs.filter(({ msg }) => msg.startsWith('not connected to the server'));
  expect(warnings).toMatchObject([{ level: 'warn', attempts: 1 }]);
  await room.until({ state: 'connected', tracked: false, turns: 1 });
  const [next] = await openSessions({ worker, room }, 1);
  expect(await room.sessions()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ dispatchId: staying, tracked: false }),
      expect.objectContaining({ dispatchId: next, tracked: true }),
    ]),
  );

  await stage.alice.leave();
  await room.until({ state: 'ended', endReason: 'participant_left' });
  await room.rooms.deleteRoom(room.name);
  await expect
    .poll(() => endReasons(worker), withinDeadline)
    .toEqual(['dispatch_deleted', 'participant_left', 'room_deleted', 'room_deleted']);
  await leaks.expectNothingLeft();
});
