/** What Linux says of a running process. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICKS_PER_S = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const BYTES_PER_KIB = 1024;

export type CpuSeconds = { readonly all: number; readonly mainThread: number };

/** CPU time used so far, in user and kernel mode; by all threads, those that have ended too, and by the first. */
export const readCpu = (pid: number): CpuSeconds => ({
  all: readStat(`/proc/${pid}/stat`),
  mainThread: readStat(`/proc/${pid}/task/${pid}/stat`),
});

/**
 * Seconds for which the first thread could have run and had no core, as `CONFIG_SCHED_INFO` of Linux counts
 * them: much of it tells that others kept the machine busy.
 */
export function readMainThreadWait(pid: number): number {
  const [, waitedNs] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ');
  return Number(waitedNs) / 1e9;
}

/** What was used from one reading to the next. */
export const cpuBetween = (before: CpuSeconds, after: CpuSeconds): CpuSeconds => ({
  all: after.all - before.all,
  mainThread: after.mainThread - before.mainThread,
});

/** A process and everything that it started, as long as that lives. */
export function treeOf(pid: number): readonly number[] {
  // Node.js starts processes on its main thread, in whose list they stand then.
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? [];
  return [pid, ...children.map(Number).flatMap(treeOf)];
}

function readStat(path: string): number {
  const text = readFileSync(path, 'utf8');
  // The second field is a name in brackets and may hold anything; utime and stime are 14 and 15.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

export type MemoryBytes = {
  readonly rss: number;
  /** Proportional: pages shared with other processes count in part. */
  readonly pss: number;
};

export function readMemory(pid: number): MemoryBytes {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * BYTES_PER_KIB;
  return { rss: bytes('Rss'), pss: bytes('Pss') };
}
