import type { DrainReason, FullReason } from './connection.events.ts';

/**
 * The open-source server gives a worker no job at all once its load is 0.7 or more (`target_load`),
 * so that an honest `jobs / maxJobs` would leave 30 % of the places empty for ever.
 */
const loadWhenFull = 0.69;

/** The load to report, 0 to 0.69: while there is room always under the server's limit. */
export function reportedLoad(jobCount: number, maxJobs: number): number {
  return Math.min(loadWhenFull, (loadWhenFull * jobCount) / maxJobs);
}

export type Capacity = {
  /** Null while it does not drain. */
  readonly drainReason: DrainReason | null;
  readonly jobCount: number;
  readonly maxJobs: number;
  /** All that were ever taken, reservations included. */
  readonly jobsTotal: number;
  readonly maxJobsTotal: number | null;
  readonly eventLoopP99Ms: number;
  readonly maxEventLoopP99Ms: number;
};

/** Why no more jobs are taken; null where there is room. */
export function fullReason(capacity: Capacity): FullReason | null {
  if (capacity.drainReason) return capacity.drainReason;
  const { jobsTotal, maxJobsTotal } = capacity;
  if (maxJobsTotal !== null && jobsTotal >= maxJobsTotal) return 'max_jobs_total';
  if (capacity.jobCount >= capacity.maxJobs) return 'at_capacity';
  if (capacity.eventLoopP99Ms > capacity.maxEventLoopP99Ms) return 'event_loop_lag';
  return null;
}
