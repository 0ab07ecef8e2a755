import type { WorkerSettings } from '../settings.ts';
import { reasonOf } from '../error-reason.ts';
import { failed, ok, skipped, warning, type Check, type Finding } from './check.ts';

type FolderState = {
  /** Why no file can be written there, or null. */
  readonly problem: string | null;
  /** What this user may still write on its disk. */
  readonly freeBytes: number;
  /** What lies in the folder already. */
  readonly usedBytes: number;
};

export interface ResourcesWorld {
  /** How many files a process may have open; null where the system does not say. */
  readOpenFilesLimit(): Promise<number | null>;
  /** Leaves the folder as it was. */
  lookAtFolder(path: string): Promise<FolderState>;
  /** What the container or the unit may take; null where there is no limit. */
  memoryLimitBytes(): number | null;
  totalMemoryBytes(): number;
}

type ResourceSettings = Pick<
  WorkerSettings,
  'MAX_JOBS' | 'EVENT_LOG_DIR' | 'EVENT_LOG_MAX_BYTES' | 'MAX_RSS' | 'MAX_JOBS_TOTAL'
>;

const LOCAL_TIMEOUT_MS = 5_000;

const FILES_FOR_EACH_JOB = 15;
const FILES_FOR_THE_REST = 100;

/** A worker that has just started takes 113 MiB (soak in bench/RESULTS.md). */
const FIRST_RSS_BYTES = 128 * 2 ** 20;
/** What the native media stack keeps of each room that it has joined (the same). */
const LEAKED_FOR_EACH_JOIN_BYTES = 256 * 2 ** 10;

/** Leaves the heap and the native stack room to grow while the worker drains. */
const ADVISED_SHARE = 0.8;

/** Whether this machine has what the worker will take. */
export const resourceChecks = (
  settings: ResourceSettings,
  world: ResourcesWorld,
): readonly Check[] => [
  {
    id: 'descriptors',
    timeoutMs: LOCAL_TIMEOUT_MS,
    timeoutRemedy: 'Look at the load of this machine.',
    run: async () => judgeOpenFiles(settings.MAX_JOBS, await world.readOpenFilesLimit()),
  },
  {
    id: 'event_log',
    timeoutMs: LOCAL_TIMEOUT_MS,
    timeoutRemedy:
      'Look at the disk of EVENT_LOG_DIR: it is slow, or a network drive that is gone.',
    run: () => judgeFolder(settings, world),
  },
  {
    id: 'memory',
    timeoutMs: LOCAL_TIMEOUT_MS,
    timeoutRemedy: 'Look at the load of this machine.',
    run: () => Promise.resolve(judgeMemory(settings, world)),
  },
];

/** How many files a worker has open with this many jobs. */
export const openFilesNeeded = (maxJobs: number): number =>
  FILES_FOR_EACH_JOB * maxJobs + FILES_FOR_THE_REST;

function judgeOpenFiles(maxJobs: number, limit: number | null): Finding {
  const needed = openFilesNeeded(maxJobs);
  const need = `MAX_JOBS=${maxJobs} needs ${needed}`;
  if (limit === null) {
    return skipped(
      `this system does not tell the limit; ${need}`,
      `Compare it with ulimit -n where the worker runs.`,
    );
  }
  return limit >= needed
    ? ok(`${limit === Infinity ? 'unlimited' : limit} allowed; ${need}`)
    : failed(
        `${limit} allowed, and ${need}: joins fail beyond that`,
        `Raise the hard limit (ulimit -Hn ${needed}; LimitNOFILE=${needed} in systemd), or set MAX_JOBS to ${mostJobs(limit)}.`,
      );
}

const mostJobs = (limit: number): number =>
  Math.max(1, Math.floor((limit - FILES_FOR_THE_REST) / FILES_FOR_EACH_JOB));

async function judgeFolder(
  { EVENT_LOG_DIR: folder, EVENT_LOG_MAX_BYTES: maxBytes }: ResourceSettings,
  world: ResourcesWorld,
): Promise<Finding> {
  const remedy = 'Set EVENT_LOG_DIR to a folder that this user may write to.';
  try {
    const { problem, freeBytes, usedBytes } = await world.lookAtFolder(folder);
    if (problem !== null) return failed(`${folder} cannot be written to: ${problem}`, remedy);
    const missing = maxBytes - usedBytes - freeBytes;
    const found = `${folder} can be written to; ${formatBytes(freeBytes)} free`;
    return missing <= 0
      ? ok(found)
      : warning(
          `${found}, and EVENT_LOG_MAX_BYTES lets the logs take ${formatBytes(maxBytes)}`,
          `Free ${formatBytes(missing)}, or set EVENT_LOG_MAX_BYTES lower: a full disk ends the logs.`,
        );
  } catch (error) {
    return failed(`${folder} cannot be looked at: ${reasonOf(error)}`, remedy);
  }
}

function judgeMemory(
  { MAX_RSS: maxRss, MAX_JOBS_TOTAL: maxJobsTotal }: ResourceSettings,
  world: ResourcesWorld,
): Finding {
  const limit = world.memoryLimitBytes();
  const most = limit ?? world.totalMemoryBytes();
  const what = limit === null ? 'this machine has' : 'this process may take';
  const advised = `MAX_RSS=${Math.floor((most * ADVISED_SHARE) / 2 ** 20)}MiB`;
  if (maxRss === undefined && maxJobsTotal !== undefined) {
    const roomBytes = most * ADVISED_SHARE - FIRST_RSS_BYTES;
    const mostJobsTotal = Math.max(1, Math.floor(roomBytes / LEAKED_FOR_EACH_JOIN_BYTES));
    return maxJobsTotal <= mostJobsTotal
      ? ok(`${what} ${formatBytes(most)}; the worker drains after ${maxJobsTotal} jobs`)
      : warning(
          `${what} ${formatBytes(most)}, and what ${maxJobsTotal} jobs (MAX_JOBS_TOTAL) leak may be more: about ${formatBytes(maxJobsTotal * LEAKED_FOR_EACH_JOIN_BYTES)}`,
          `Set ${advised}, or MAX_JOBS_TOTAL=${mostJobsTotal}.`,
        );
  }
  if (maxRss === undefined) {
    return limit === null
      ? ok(`${what} ${formatBytes(most)}; MAX_RSS is not set`)
      : warning(
          `${what} ${formatBytes(most)}, and MAX_RSS is not set`,
          `Set ${advised}: the native media stack leaks a little with each join, and a worker that drains by itself loses no session as one that is killed does.`,
        );
  }
  if (maxRss < FIRST_RSS_BYTES) {
    return failed(
      `MAX_RSS is ${formatBytes(maxRss)}, and a worker takes about that before its first job: it would end as soon as it has started`,
      `Set ${advised}.`,
    );
  }
  return maxRss < most
    ? ok(`${what} ${formatBytes(most)}; the worker drains at ${formatBytes(maxRss)}`)
    : warning(
        `${what} ${formatBytes(most)}, and MAX_RSS is ${formatBytes(maxRss)}: the worker is killed before it drains`,
        `Set ${advised}.`,
      );
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power] ?? ''}`;
}
