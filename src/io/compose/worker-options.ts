import type { AgentDefinition } from '../../agents/define-agent.ts';
import type { JobConfig } from '../../machines/job/job.machine.ts';
import { defaultWorkerConfig, type WorkerConfig } from '../../machines/worker/worker-config.ts';
import type { Rule } from '../../machines/rules/rule.ts';
import type { Config } from '../config.ts';
import type { WorkerSettings } from '../settings.ts';
import type { RunningAgent } from './job-systems.ts';

/** Where a worker's settings stand in the configuration of its machines. */
export const workerConfigKeys = {
  MAX_JOBS: 'maxJobs',
  MAX_RSS: 'maxRssBytes',
  MAX_JOBS_TOTAL: 'maxJobsTotal',
  REPORT_INTERVAL: 'reportEveryMs',
  ROOMS_REPORT_INTERVAL: 'reportRoomsEveryMs',
} as const satisfies Partial<Record<keyof WorkerSettings, keyof WorkerConfig>>;

/** Where they stand in that of its jobs. */
export const jobConfigKeys = {
  DRAIN_TIMEOUT: 'drainMs',
  MAX_JOB_DURATION: 'maxDurationMs',
} as const satisfies Partial<Record<keyof WorkerSettings, keyof JobConfig>>;

export const workerConfigOf = (settings: WorkerSettings): WorkerConfig => ({
  ...defaultWorkerConfig,
  maxJobs: settings.MAX_JOBS,
  maxRssBytes: settings.MAX_RSS ?? null,
  maxJobsTotal: settings.MAX_JOBS_TOTAL ?? null,
  reportEveryMs: settings.REPORT_INTERVAL,
  reportRoomsEveryMs: settings.ROOMS_REPORT_INTERVAL,
});

/** Where the server asked for the end, summary, status and leaving together stay below its 3 s. */
export const jobConfigOf = (
  settings: Pick<WorkerSettings, 'DRAIN_TIMEOUT' | 'MAX_JOB_DURATION'>,
  rules: readonly Rule[] = [],
): JobConfig => ({
  joinAttempts: 3,
  joinRetryMs: 500,
  summaryMs: 500,
  statusMs: 1_000,
  leaveMs: 1_000,
  terminationMs: 500,
  reconnectHoldMs: 5_000,
  drainMs: settings.DRAIN_TIMEOUT,
  maxDurationMs: settings.MAX_JOB_DURATION ?? null,
  claim: { retryMs: 200, doubtMs: 3_000, lookMs: 1_000, standbyMs: 25_000 },
  rules,
});

export const runningAgents = (
  agents: readonly AgentDefinition[],
  config: Config,
): readonly RunningAgent[] =>
  agents.map((definition) => ({
    definition,
    settings: config.agents.get(definition.name) ?? {},
  }));
