/** Whether a worker that runs for long, with rooms that come and go, keeps anything of them. */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { JobBook } from './support/job-book.ts';
import { readFacts, report, show } from './support/results.ts';
import { GuestHouse, guestsOf, type Fate } from './support/soak-guests.ts';
import { rowLine, rowTitle, soakResult } from './support/soak-report.ts';
import { judgeSoak, type SoakRow } from './support/soak-verdict.ts';
import { onStage, say, type Stage } from './support/stage.ts';
import { reaches } from './support/until.ts';

const MAX_JOBS = 100;
/** More would tell of the server's limits and not of the worker's. */
const MAX_GUESTS = 80;
const MINUTE_MS = 60_000;
const LAST_END_LIMIT_MS = 45_000;
/** Timers of requests and of the event log come and go also where nothing runs; one that stays is in all readings. */
const QUIET_READINGS = 30;
const READING_GAP_MS = 97;
/** The native side closes its sockets some seconds after a room has ended. */
const NATIVE_END_MS = 10_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    'joins-per-minute': { type: 'string', default: '70' },
    seed: { type: 'string', default: '1' },
  },
});
const minutes = wholeNumber('minutes', 1, 1_440);
const joinsPerMinute = wholeNumber('joins-per-minute', 1, 300);
const seed = wholeNumber('seed', 0, 2 ** 31);

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

await onStage({ maxJobs: MAX_JOBS, cpuProfDir: undefined }, async (stage) => {
  const facts = readFacts(stage.serverVersion);
  const { rows, fates } = await soak(stage);
  const verdict = judgeSoak(rows);
  const command = `npm run soak -- --minutes ${minutes} --joins-per-minute ${joinsPerMinute}`;
  const isWhole = verdict.outcome !== 'too_short' && !interruption.signal.aborted;
  (isWhole ? report : show)(soakResult({ command, rows, fates, verdict }), facts);
  if (verdict.outcome === 'fail') process.exitCode = 1;
});

type Soak = { readonly rows: readonly SoakRow[]; readonly fates: ReadonlyMap<Fate, number> };

/** Runs for its minutes, or until it is interrupted. */
async function soak(stage: Stage): Promise<Soak> {
  const book = new JobBook(stage.worker.logs);
  const fates = new Map<Fate, number>();
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, interruption.signal]);
  console.log(rowTitle);
  const rows: SoakRow[] = [];
  const takeRow = async (minute: number, read = readRow): Promise<void> => {
    const row = await read(stage, book, minute);
    rows.push(row);
    console.log(rowLine(row));
  };
  await takeRow(0, readQuietRow);
  const startedAt = performance.now();
  const receiving = receiveGuests(new GuestHouse(stage, book), fates, signal);
  for (let minute = 1; minute <= minutes; minute += 1) {
    const restMs = startedAt + minute * MINUTE_MS - performance.now();
    if (await isInterrupted(restMs)) return { rows, fates };
    await takeRow(minute);
  }
  stopping.abort();
  say('no more guests; the last ones leave');
  await Promise.race([receiving, isInterrupted(LAST_END_LIMIT_MS)]);
  await reaches(LAST_END_LIMIT_MS, async () => (await stage.worker.metric('greenroom_jobs')) === 0);
  if (await isInterrupted(NATIVE_END_MS)) return { rows, fates };
  await takeRow((performance.now() - startedAt) / MINUTE_MS, readQuietRow);
  return { rows, fates };
}

/** Resolves when the last one has gone. */
async function receiveGuests(
  house: GuestHouse,
  fates: Map<Fate, number>,
  signal: AbortSignal,
): Promise<void> {
  const present = new Set<Promise<void>>();
  for (const guest of guestsOf(seed, joinsPerMinute)) {
    if (!(await sleptFor(guest.comesAfterMs, signal))) break;
    if (present.size >= MAX_GUESTS) await Promise.race(present);
    const stay = house
      .receive(guest)
      .catch((error: unknown): Fate => {
        // A Ctrl-C ends the crowd, too.
        if (!interruption.signal.aborted) say(`${guest.room}: ${String(error)}`);
        return 'broke';
      })
      .then((fate) => {
        fates.set(fate, (fates.get(fate) ?? 0) + 1);
        present.delete(stay);
      });
    present.add(stay);
  }
  await Promise.all(present);
}

async function readRow({ worker }: Stage, book: JobBook, minute: number): Promise<SoakRow> {
  await worker.collect();
  return {
    minute,
    joins: book.joinCount,
    liveSessions: await worker.metric('greenroom_jobs'),
    rssBytes: await worker.metric('greenroom_resident_memory_bytes'),
    heapUsedBytes: await worker.metric('greenroom_heap_used_bytes'),
    nativeBytes: await worker.metric('greenroom_native_memory_bytes'),
    files: readdirSync(`/proc/${worker.pid}/fd`).length,
    mediaHandles: await worker.metric('greenroom_media_handles'),
    actors: await worker.metric('greenroom_actors'),
    timers: await worker.metric('greenroom_timers'),
  };
}

/** Of a worker without sessions: with the least of several counts of its timers. */
async function readQuietRow(stage: Stage, book: JobBook, minute: number): Promise<SoakRow> {
  const row = await readRow(stage, book, minute);
  let { timers } = row;
  for (let reading = 1; reading < QUIET_READINGS; reading += 1) {
    await sleep(READING_GAP_MS);
    timers = Math.min(timers, await stage.worker.metric('greenroom_timers'));
  }
  return { ...row, timers };
}

async function isInterrupted(durationMs: number): Promise<boolean> {
  return !(await sleptFor(durationMs, interruption.signal));
}

/** @returns false when the signal aborts first. */
async function sleptFor(durationMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(Math.max(0, durationMs), undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

function wholeNumber(name: keyof typeof values, least: number, most: number): number {
  const given = values[name];
  const value = /^\d+$/.test(given) ? Number(given) : NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`--${name} must be a whole number from ${least} to ${most}, and is ${given}`);
}
