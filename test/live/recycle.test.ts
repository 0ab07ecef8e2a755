import { randomUUID } from 'node:crypto';
import { expect, inject, it, onTestFinished } from 'vitest';
import { MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';
import { startWorkerProcess } from '../support/worker-process.ts';

const server = inject('livekit');

it('[RECYCLE-6] drains with the last job of its life, declines others, and exits with 0', async () => {
  const agentName = `participant-monitor-${randomUUID()}`;
  const worker = await startWorkerProcess(server, {
    LIVEKIT_AGENT_NAME: agentName,
    MAX_JOBS_TOTAL: '2',
    DRAIN_TIMEOUT: '5s',
  });
  onTestFinished(() => worker.stop());
  const room = new MonitoredRoom(server, worker, agentName);
  onTestFinished(() => room.close());
  await room.enter('alice');
  await room.dispatch();
  await room.until({ state: 'connected' });
  expect(worker.logs.some(({ state }) => state === 'draining')).toBe(false);

  await room.dispatchMany(2);
  await expect
    .poll(() => worker.logs.filter(({ msg }) => msg === 'worker state changed'), withinDeadline)
    .toContainEqual(
      expect.objectContaining({
        state: 'draining',
        reason: 'The worker has taken all jobs that it may take in its life, MAX_JOBS_TOTAL (2).',
      }),
    );
  expect(await (await fetch(worker.httpUrl)).text()).toBe('OK, ending: max_jobs_total');
  expect(await worker.exited).toBe(0);
  const ended = worker.logs.filter(({ msg }) => msg === 'job ended');
  expect(ended).toMatchObject([{ reason: 'drained' }, { reason: 'drained' }]);
});

it('[RECYCLE-7] drains and exits with 0 when its memory is over MAX_RSS', async () => {
  // Less than any worker has.
  const worker = await startWorkerProcess(server, {
    LIVEKIT_AGENT_NAME: `participant-monitor-${randomUUID()}`,
    MAX_RSS: '20MiB',
  });
  onTestFinished(() => worker.stop());
  expect(await worker.exited).toBe(0);
  const lines = worker.logs.filter(({ msg }) => msg === 'worker state changed');
  expect(lines).toMatchObject([
    { state: 'running' },
    { state: 'draining', reason: expect.stringContaining('over MAX_RSS (20 MiB).') as unknown },
    { state: 'ended' },
  ]);
});
