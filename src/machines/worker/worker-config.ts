import type { ConnectionConfig } from './worker-connection.setup.ts';

/** Limits and times of a worker. */
export type WorkerConfig = {
  readonly maxJobs: number;
  /** Over it the worker drains and ends with exit code 0; null: no limit. */
  readonly maxRssBytes: number | null;
  /** Once so many jobs were assigned the worker drains and ends with exit code 0; null: no limit. */
  readonly maxJobsTotal: number | null;
  /** Over it, as the 99th percentile of 10 s, the worker takes no jobs. */
  readonly maxEventLoopP99Ms: number;
  /** From the acceptance of an offer to its assignment; the server itself gives up after 3 s. */
  readonly reservationMs: number;
  /** So many keys that were served are remembered; beyond that the oldest is forgotten. */
  readonly maxEndedKeys: number;
  /** Between two health reports of the supervisor. */
  readonly reportEveryMs: number;
  /** Between two reports over all rooms. */
  readonly reportRoomsEveryMs: number;
  readonly connection: ConnectionConfig;
};

export const defaultWorkerConfig: WorkerConfig = {
  maxJobs: 50,
  maxRssBytes: null,
  maxJobsTotal: null,
  maxEventLoopP99Ms: 250,
  reservationMs: 5_000,
  maxEndedKeys: 10_000,
  reportEveryMs: 30_000,
  reportRoomsEveryMs: 60_000,
  connection: {
    registrationTimeoutMs: 10_000,
    pingIntervalMs: 10_000,
    maxMissedPongs: 2,
    backoff: { minMs: 500, maxMs: 30_000 },
    warnEveryMs: 60_000,
  },
};
