import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it, vi, type TestContext } from 'vitest';
import { bodies, MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

const server = inject('livekit');
const agentName = `participant-monitor-${randomUUID()}`;
let worker: WorkerProcess;

beforeAll(async () => {
  worker = await startWorkerProcess(server, {
    LIVEKIT_AGENT_NAME: agentName,
    RTC_ROUTER: 'public',
  });
});
afterAll(() => worker.stop());

async function monitor({ onTestFinished }: TestContext, metadata: object = {}) {
  const room = new MonitoredRoom(server, worker, agentName);
  onTestFinished(() => room.close());
  await room.dispatch(metadata);
  const alice = await room.enter('alice');
  await room.until({ state: 'connected' });
  return { room, alice };
}

it('[ROUTER-6] says once what joining by the public API costs', () => {
  const warnings = worker.logs.filter(({ level }) => level === 'warn');
  expect(warnings).toMatchObject([
    { reason: 'RTC_ROUTER is public', msg: expect.stringContaining('public API') as string },
  ]);
});

it.concurrent('[ROUTER-7] monitors by the public API alone, from welcome to end', async (test) => {
  const { room, alice } = await monitor(test, { end_on_disconnect: true });
  const bob = await room.enter('bob');
  await vi.waitFor(
    () =>
      expect(bodies(alice.messages, 'participant_monitoring')).toMatchObject([
        { action: 'welcome' },
      ]),
    withinDeadline,
  );
  await alice.speak(1_000);
  await room.until({ speech: 'speaking', turns: 1 });
  await room.until({ speech: 'silent' });
  expect((await room.session())?.speakingMs).toBeGreaterThan(600);
  expect((await room.session())?.speakingMs).toBeLessThan(1_400);
  await vi.waitFor(
    () =>
      expect(bodies(bob.messages, 'speaking_detection')).toMatchObject([
        { speaking: true },
        { speaking: false },
      ]),
    withinDeadline,
  );
  await alice.publish('camera');
  await room.until({ video: 'flowing' });
  await alice.stopFilming();
  await room.until({ video: 'frozen', freezes: 1 });
  await alice.leave();
  await room.until({ state: 'ended', endReason: 'participant_left' });
});

it.concurrent(
  '[ROUTER-7] hears of speech and quality as basic, by the public API',
  async (test) => {
    const { room, alice } = await monitor(test, { monitoring_type: 'basic' });
    await room.until({ quality: 'excellent', monitoringType: 'basic' });
    await alice.speak();
    await room.until({ speech: 'speaking', audioLevel: 0 });
    await alice.hush();
    await room.until({ speech: 'silent', turns: 1 });
    await room.rooms.deleteRoom(room.name);
    await room.until({ state: 'ended', endReason: 'room_deleted' });
  },
);
