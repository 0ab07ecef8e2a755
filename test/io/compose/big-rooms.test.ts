import { describe, expect, it, onTestFinished } from 'vitest';
import { participantMonitor } from '../../../src/agents/participant-monitor.agent.ts';
import { roomAnalytics } from '../../../src/agents/room-analytics.agent.ts';
import { CrowdedJob, type CrowdedJobOptions } from '../../support/crowded-job.ts';
import { monitorMetadata, monitorSettings } from '../../support/monitor-facts.ts';
import { roomInput } from '../../support/room-facts.ts';

const agents: readonly Omit<CrowdedJobOptions, 'inside'>[] = [
  { agent: participantMonitor, metadata: monitorMetadata, settings: monitorSettings },
  { agent: roomAnalytics, metadata: {}, settings: roomInput().settings },
];
const ROUNDS = 40;
const PEOPLE_IN_ROUND = 50;

function open(agent: Omit<CrowdedJobOptions, 'inside'>, inside: number): CrowdedJob {
  const job = new CrowdedJob({ ...agent, inside });
  onTestFinished(() => job.close());
  return job;
}

function millisOf(job: CrowdedJob): number {
  const startedAt = performance.now();
  job.passThrough(PEOPLE_IN_ROUND);
  return performance.now() - startedAt;
}

describe.each(agents)('a job of $agent.name', (agent) => {
  it('[BIG-3] takes for a join and a leave among 4,000 less than four times of what it takes among 10', () => {
    const few = open(agent, 10);
    const many = open(agent, 4_000);
    const costs = Array.from({ length: ROUNDS }, () => [millisOf(few), millisOf(many)] as const);
    // What else the machine does only adds to a round, and misses some: they are short.
    const ofFew = Math.min(...costs.map(([cost]) => cost));
    const ofMany = Math.min(...costs.map(([, cost]) => cost));
    // Alone some 1.6 times; beside others that use the caches up to three and a half.
    expect(ofMany / ofFew).toBeLessThan(4);
  }, 60_000);

  it('[BIG-4] holds no more of those who have left, however many they were', () => {
    const job = open(agent, 100);
    job.passThrough(10_000);
    const { snapshotLength, lines } = job;
    job.passThrough(2_000);
    // Numbers have one digit more here and there.
    expect(job.snapshotLength - snapshotLength).toBeLessThan(500);
    // Each of them is logged all the same.
    expect(job.lines - lines).toBeGreaterThan(8_000);
  }, 60_000);
});
