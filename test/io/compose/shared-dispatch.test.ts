import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { nextTurn } from '../../../src/io/clock.ts';
import { bareServices } from '../../../src/io/compose/bare-services.ts';
import { JobMachines } from '../../../src/io/compose/job-machines.ts';
import { JobSystem } from '../../../src/io/compose/job-system.ts';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';
import { Director } from '../../../src/io/simulated/director.ts';
import { SimulatedServer } from '../../../src/io/simulated/server.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { claimAttributes } from '../../../src/machines/job/claim.logic.ts';
import type { JobEmitted } from '../../../src/machines/worker/events.ts';
import { jobConfig } from '../../support/job-stage.ts';
import { monitorMetadata, monitorSettings } from '../../support/monitor-facts.ts';
import { sharedClaim } from '../../support/roster-facts.ts';
import { T0 } from '../../support/session-facts.ts';

const stepMs = 10;

/** A simulated room with alice in it, and jobs of as many workers that are to monitor her. */
async function openRoom() {
  const directory = await mkdtemp(join(tmpdir(), 'greenroom-shared-'));
  const clock = new VirtualClock(T0);
  const server = new SimulatedServer({ clock });
  const director = new Director(server.room('support'), clock);
  const problems: unknown[] = [];
  const onProblem = (problem: unknown): void => void problems.push(problem);
  const logs = new EventLogs({ directory, clock, maxBytes: 1e9, maxAgeMs: 1e12, onProblem });
  const jobs: JobSystem[] = [];
  const pass = async (durationMs: number): Promise<void> => {
    for (let passed = 0; passed < durationMs; passed += stepMs) {
      clock.advanceBy(stepMs);
      // The list is a promise, and comes between the steps.
      await new Promise<void>((resolve) => nextTurn(resolve));
    }
  };
  const startJob = (jobId: string) => {
    const facts: JobEmitted[] = [];
    const room = server.client('support', {
      identity: `agent-${jobId}`,
      attributes: claimAttributes(sharedClaim),
    });
    const job = new JobSystem({
      offer: {
        jobId,
        dispatchId: 'AD_1',
        agent: participantMonitor.name,
        jobType: participantMonitor.jobType,
        room: { name: 'support', sid: '' },
        participant: null,
        metadata: { ok: true, value: monitorMetadata, key: sharedClaim.serves, target: 'alice' },
      },
      agent: participantMonitor,
      settings: monitorSettings,
      serves: sharedClaim.serves,
      config: jobConfig,
      room,
      services: { ...bareServices, ...server.services },
      clock,
      statsPhaseMs: 0,
      machines: new JobMachines(),
      logs,
      onLogProblem: onProblem,
      onFact: (fact) => {
        facts.push(fact);
        if (fact.type !== 'job.ending') return;
        job.control({ type: 'control.statusReported', at: clock.now() });
      },
      onClosed: () => {},
    });
    jobs.push(job);
    return { state: () => job.view().state, endReason: () => job.view().endReason, facts, room };
  };
  onTestFinished(async () => {
    for (const job of jobs) job.stop();
    director.stop();
    server.stop();
    await logs.close();
    await rm(directory, { recursive: true });
    expect(problems).toEqual([]);
  });
  director.perform({ type: 'join', identity: 'alice', kind: 'standard', sources: ['microphone'] });
  await pass(500);
  const welcomes = () =>
    server
      .room('support')
      .messagesTo('alice')
      .filter(({ topic }) => topic === 'participant_monitoring');
  return { pass, startJob, welcomes };
}

it.each([0, 10, 60, 70, 500])(
  '[JOB-31] lets one of two jobs serve that start %i ms after each other; the other ends as duplicate',
  async (apartMs) => {
    const { pass, startJob, welcomes } = await openRoom();
    const first = startJob('AJ_1');
    await pass(apartMs);
    const second = startJob('AJ_2');
    await pass(2_000);
    expect([first.state(), second.state()]).toEqual(['connected', 'standingBy']);
    await pass(26_000);
    expect([first.state(), second.endReason()]).toEqual(['connected', 'duplicate']);
    expect(welcomes()).toHaveLength(1);
    expect(second.facts.filter(({ type }) => type === 'job.summaryMade')).toEqual([]);
  },
);

it('[JOB-32] takes over when the first is gone, and welcomes again', async () => {
  const { pass, startJob, welcomes } = await openRoom();
  const first = startJob('AJ_1');
  await pass(2_000);
  const second = startJob('AJ_2');
  await pass(5_000);
  await first.room.close();
  await pass(2_500);
  expect(second.state()).toBe('connected');
  expect(welcomes()).toHaveLength(2);
  expect(second.facts.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['job.stoodBy', 'job.tookOver']),
  );
});
