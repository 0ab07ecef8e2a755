import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { FileLine } from '../../src/io/event-log/log-line.ts';
import type { TornLine } from '../../src/io/event-log/reader.ts';
import { rtcRuntime } from '../../src/io/livekit/load-rtc.ts';
import { readWholeLog } from './event-log/log-folder.ts';
import type { LiveWorker } from './live-worker.ts';
import type { WorkerProcess } from './worker-process.ts';

/** What a worker holds at one moment, by name. */
type Holdings = Readonly<Record<string, number>>;
type Look = () => Promise<Holdings>;

/** The native side closes its sockets some seconds after the server has ended a room. */
const withinDeadline = { timeout: 15_000, interval: 100 };

/**
 * Remembers what a worker holds now, and expects later that it holds no more.
 *
 * Begin it after the first job has ended, which opens what the process keeps for its life.
 */
export class LeakCheck {
  readonly #look: Look;
  readonly #before: Holdings;

  /** Of a worker in this process. Its files are those of the whole process. */
  static ofThisProcess = (worker: Pick<LiveWorker, 'sessions' | 'running'>): Promise<LeakCheck> =>
    LeakCheck.#begin(async () => ({
      jobs: (await worker.sessions()).filter(({ endReason }) => endReason === null).length,
      ...worker.running(),
      media: rtcRuntime().heldCount(),
      files: readdirSync('/dev/fd').length,
    }));

  /** Of a worker in a process of its own: its own metrics, and the files that Linux counts. */
  static ofWorker = ({ pid, httpUrl }: WorkerProcess): Promise<LeakCheck> =>
    LeakCheck.#begin(async () => {
      // Before the request, which is a file of the worker, too, and ends some time after its answer.
      const files = readdirSync(`/proc/${pid}/fd`).length;
      const headers = { connection: 'close' };
      const metrics = await (await fetch(`${httpUrl}/metrics`, { headers })).text();
      const gauge = (name: string) =>
        Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics)?.[1]);
      return {
        jobs: gauge('greenroom_jobs'),
        actors: gauge('greenroom_actors'),
        timers: gauge('greenroom_timers'),
        media: gauge('greenroom_media_handles'),
        files,
      };
    });

  static async #begin(look: Look): Promise<LeakCheck> {
    return new LeakCheck(look, await look());
  }

  private constructor(look: Look, before: Holdings) {
    this.#look = look;
    this.#before = before;
  }

  /** Waits until nothing is held beyond what was held at the beginning; says what is. */
  async expectNothingLeft(): Promise<void> {
    await vi.waitFor(async () => {
      expect(await this.#surplus()).toEqual({});
    }, withinDeadline);
  }

  async #surplus(): Promise<Holdings> {
    const now = await this.#look();
    return Object.fromEntries(
      Object.entries(now)
        .map(([name, count]) => [name, count - (this.#before[name] ?? 0)] as const)
        // A count that could not be read is no zero.
        .filter(([, more]) => !(more <= 0)),
    );
  }
}

/** The event log of a job whose system has been closed: whole, and with no actor that still runs. */
export async function readEndedLog(
  directory: string,
  jobId: string,
): Promise<readonly (FileLine | TornLine)[]> {
  const lines = await vi.waitFor(async () => {
    const read = await readJobLog(directory, jobId);
    expect(read.at(-1)).toMatchObject({ kind: 'end', dropped: 0 });
    return read;
  }, withinDeadline);
  expect(runningActors(lines)).toEqual([]);
  return lines;
}

/** Nothing, where the job's log has not yet been begun. */
async function readJobLog(directory: string, jobId: string) {
  const files = await readdir(directory, { recursive: true });
  const path = files.find((file) => file.endsWith(`${jobId}.1.jsonl`));
  return path === undefined ? [] : readWholeLog(join(directory, path));
}

function runningActors(lines: readonly (FileLine | TornLine)[]): readonly string[] {
  const paths = new Map<number, string>();
  for (const line of lines) {
    if (line.kind === 'actor') paths.set(line.actor, line.path);
    if (line.kind === 'ended') paths.delete(line.actor);
  }
  return [...paths.values()];
}
