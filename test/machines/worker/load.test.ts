import { expect, it } from 'vitest';
import { fullReason, reportedLoad } from '../../../src/machines/worker/load.logic.ts';

/** The open-source server gives no job to a worker whose load is this much. */
const targetLoad = 0.7;

it('[WRK-20] stays under the limit of the server while there is room', () => {
  for (const maxJobs of [1, 2, 3, 7, 50, 1_000]) {
    for (let jobs = 0; jobs <= maxJobs; jobs += 1) {
      expect(reportedLoad(jobs, maxJobs)).toBeLessThan(targetLoad);
    }
  }
});

it('[WRK-20] rises with every job', () => {
  expect([0, 25, 50, 60].map((jobs) => reportedLoad(jobs, 50))).toEqual([0, 0.345, 0.69, 0.69]);
});

const roomy = {
  drainReason: null,
  jobCount: 1,
  maxJobs: 2,
  jobsTotal: 7,
  maxJobsTotal: null,
  eventLoopP99Ms: 250,
  maxEventLoopP99Ms: 250,
};

it.each([
  ['[WRK-21] has room', {}, null],
  ['[WRK-21] is full at its capacity', { jobCount: 2 }, 'at_capacity'],
  ['[WRK-22] is full while the event loop lags', { eventLoopP99Ms: 251 }, 'event_loop_lag'],
  ['[WRK-23] is full while it drains', { drainReason: 'draining', jobCount: 2 }, 'draining'],
  ['[RECYCLE-2] has room below the jobs of its life', { maxJobsTotal: 8 }, null],
  ['[RECYCLE-2] is full with the jobs of its life', { maxJobsTotal: 7 }, 'max_jobs_total'],
  ['[RECYCLE-1] says why it drains', { drainReason: 'max_rss', maxJobsTotal: 7 }, 'max_rss'],
] as const)('%s', (_title, changed, expected) => {
  expect(fullReason({ ...roomy, ...changed })).toBe(expected);
});
