import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { readMetadata } from '../../../src/agents/read-metadata.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { bareServices } from '../../../src/io/compose/bare-services.ts';
import { DirectJob } from '../../../src/io/compose/direct-job.ts';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';
import { SimulatedServer } from '../../../src/io/simulated/server.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { passTime } from '../../../src/io/virtual-time.ts';
import type { JobEmitted } from '../../../src/machines/worker/events.ts';
import { jobConfig } from '../../support/job-stage.ts';
import { monitorSettings } from '../../support/monitor-facts.ts';

/** A job that waits for alice, on virtual time, in a room that takes agents or does not. */
async function startJob({ isOpen = true, speed = null as number | null } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'greenroom-direct-'));
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const server = new SimulatedServer({ clock });
  if (!isOpen) server.room('r').refuse('joins', 60_000);
  const problems: unknown[] = [];
  const onProblem = (problem: unknown): void => void problems.push(problem);
  const logs = new EventLogs({
    directory,
    clock: systemClock,
    maxBytes: 1e9,
    maxAgeMs: 1e12,
    onProblem,
  });
  const about = {
    jobId: 'connect-1',
    dispatchId: 'connect-1',
    participant: null,
    metadata: JSON.stringify({
      participant_identity: 'alice',
      monitoring_type: 'custom',
      custom_settings: { inactivity_timeout: '1m' },
    }),
  };
  const facts: JobEmitted[] = [];
  const job = new DirectJob({
    offer: {
      ...about,
      agent: participantMonitor.name,
      jobType: participantMonitor.jobType,
      room: { name: 'r', sid: '' },
      metadata: readMetadata(participantMonitor, about),
    },
    agent: participantMonitor,
    settings: monitorSettings,
    serves: null,
    config: { ...jobConfig, drainMs: 600_000 },
    room: server.client('r', { identity: 'agent-1' }),
    services: { ...bareServices, ...server.services },
    clock,
    logs,
    onLogProblem: onProblem,
    onFact: (fact) => facts.push(fact),
  });
  const time = new AbortController();
  const passing = passTime(clock, { speed, signal: time.signal });
  onTestFinished(async () => {
    time.abort();
    await passing;
    await job.close();
    await logs.close();
    await rm(directory, { recursive: true });
    expect(problems).toEqual([]);
  });
  const inside = () => server.room('r').participants.length;
  return { job, facts, inside };
}

it('[CONN-8] ends by itself, its status waited for by nobody', async () => {
  const { job, facts, inside } = await startJob();
  expect(await job.ended).toEqual({
    reason: 'participant_never_connected',
    status: 'failed',
    error: '',
  });
  const [ending, ended] = facts.slice(-2);
  expect([ending?.type, ended?.type]).toEqual(['job.ending', 'job.ended']);
  expect((ended?.at ?? 0) - (ending?.at ?? 0)).toBeLessThan(jobConfig.statusMs);
  expect(inside()).toBe(0);
});

it('[CONN-9] is cut off at once, also while it drains, and leaves the room', async () => {
  const { job, facts, inside } = await startJob({ speed: 1 });
  await expect.poll(inside).toBe(1);
  job.drain();
  job.stop();
  expect(await job.ended).toEqual({ reason: 'drained', status: 'success', error: '' });
  await job.close();
  expect(facts.map(({ type }) => type)).not.toContain('job.ended');
  expect(inside()).toBe(0);
});

it('[CONN-10] says why it could not join', async () => {
  const { job } = await startJob({ isOpen: false });
  expect(await job.ended).toMatchObject({
    reason: 'join_failed',
    error: expect.stringContaining('refuses joins') as string,
  });
});
