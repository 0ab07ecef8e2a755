import { expect } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import type { JobOffer } from '../../../src/machines/worker/events.ts';
import {
  defaultWorkerConfig,
  type WorkerConfig,
} from '../../../src/machines/worker/worker-config.ts';
import { workerMachine } from '../../../src/machines/worker/worker.machine.ts';
import type { WorkerInput } from '../../../src/machines/worker/worker.context.ts';

const inputOf = (config: Partial<WorkerConfig> = {}): WorkerInput => ({
  agents: [{ agent: 'monitor', jobType: 'participant' }],
  config: { ...defaultWorkerConfig, ...config },
});

const agent = 'monitor';
const jobId = 'AJ_1';
const about = { agent, at: 0, jobId };
const error = { code: 'E_TEST', message: 'it broke', retryable: false };
const alert = {
  key: 'suspect',
  severity: 'warning',
  message: '',
  openedAt: 0,
  evidence: {},
} as const;
const health = { active: true, speaking: false, poorQuality: false, suspect: false };
const offer: JobOffer = {
  ...{ jobId, dispatchId: 'AD_1', agent, jobType: 'participant' },
  room: { name: 'support', sid: 'RM_1' },
  participant: { identity: 'alice', sid: 'PA_1' },
  metadata: { ok: true, value: {}, key: 'AD_1/alice', target: 'alice' },
};
const changed = { type: 'connection.stateChanged', agent, workerId: null, message: '' } as const;
const final = { agent, jobId, status: 'success', delivered: true } as const;
const overRss = { type: 'vitals.sampled', at: 0, eventLoopP99Ms: 1, rssBytes: 2_000 } as const;

describeMachine(workerMachine, {
  ruleId: 'MPT-21',
  input: inputOf({ maxRssBytes: 1_000 }),
  events: [
    { type: 'worker.drain', at: 0, exitCode: 143 },
    { type: 'worker.stop', at: 0, exitCode: 130 },
  ],
  childEvents: {
    'connection:monitor': [
      { ...changed, state: 'registering' },
      { ...changed, state: 'failed', message: 'wrong key' },
      { type: 'connection.unreachable', agent, at: 0, attempts: 3, message: 'refused' },
      { type: 'connection.messageRejected', agent, what: 'noise' },
      { type: 'connection.registered', agent },
      { type: 'connection.lost', agent },
      { type: 'connection.offered', agent, at: 0, offer },
      { type: 'connection.assigned', ...about },
      { type: 'connection.terminated', ...about },
      { type: 'connection.jobReported', ...final },
    ],
    jobs: [
      { type: 'job.joined', jobId, at: 0 },
      {
        type: 'job.ending',
        jobId,
        at: 0,
        reason: 'participant_left',
        status: 'success',
        error: '',
      },
      { type: 'job.ended', jobId, at: 0, reason: 'participant_left' },
      { type: 'job.failed', jobId, at: 0, error },
      { type: 'job.healthChanged', jobId, at: 0, health },
      { type: 'job.alertOpened', jobId, at: 0, alert },
      { type: 'job.alertResolved', jobId, at: 0, alert },
      { type: 'job.alertUpdated', jobId, at: 0, alert },
      { type: 'job.figuresReported', jobId, at: 0, figures: {} },
      { type: 'job.summaryMade', jobId, at: 0, summary: {} },
    ],
    vitals: [{ ...overRss, rssBytes: 500 }, overRss],
  },
  // Jobs that were not started say nothing.
  canHappen: ({ context: { jobs } }, { type }) =>
    !type.startsWith('job.') || jobs.some(({ phase }) => phase !== 'reserved'),
  keyOf: ({ context: { jobs, drainReason } }) => [
    jobs.map(({ phase }) => phase),
    jobs.map((slot) => slot.phase === 'reserved' || slot.tracked),
    drainReason,
  ],
  also: { 'one job in all': { input: inputOf({ maxJobsTotal: 1 }) } },
  invariants: ({ context }) => {
    expect(findNotJson(context)).toBeUndefined();
    expect(context.jobs.length).toBeLessThanOrEqual(1);
  },
});
