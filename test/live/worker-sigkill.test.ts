import { afterAll, beforeAll, describe, expect, it, vi, type TestContext } from 'vitest';
import { systemClock } from '../../src/io/clock.ts';
import type { FileLine } from '../../src/io/event-log/log-line.ts';
import type { TornLine } from '../../src/io/event-log/reader.ts';
import {
  agentsInside,
  beginJoins,
  endReasons,
  jobsLogged,
  openSessions,
  readJobLogs,
  WorkerStage,
  type StagedWorker,
} from '../support/worker-stage.ts';

/** The server notices a silent agent after some 20 s, and one that never became active after 60 s. */
const VANISH_MS = 75_000;

let stage: WorkerStage;

beforeAll(async () => {
  stage = await WorkerStage.open();
  // Levels come ten times a second: a log shows how much of it was lost.
  await stage.alice.speak();
});
afterAll(() => stage.close());

/** Resolves to the time of the kill, when the process is gone. */
async function kill({ worker }: StagedWorker): Promise<number> {
  const killedAt = systemClock.now();
  worker.signal('SIGKILL');
  expect(await worker.exited).toBeNull();
  return killedAt;
}

/** The epoch time of the last line that has one. */
function lastTime(lines: readonly (FileLine | TornLine)[]): number {
  const [head] = lines;
  const startedAt = head?.kind === 'head' ? head.startedAt : NaN;
  return startedAt + Math.max(...lines.flatMap((line) => ('t' in line ? [line.t] : [])));
}

/** A worker in the place of one that was killed: with its port and its event logs. */
async function replace(context: TestContext, { worker, logDirectory }: StagedWorker) {
  const next = await stage.startWorker(context, {
    logDirectory,
    settings: { HTTP_PORT: new URL(worker.httpUrl).port },
  });
  await openSessions(next, 1);
  expect(next.worker.httpUrl).toBe(worker.httpUrl);
  expect(complaints(next)).toEqual([]);
  return next;
}

const complaints = ({ worker: { logs } }: StagedWorker) =>
  logs.filter(({ ['level']: level }) => level === 'warn' || level === 'error');

async function expectVanished({ worker, room }: StagedWorker, killedAt: number): Promise<number> {
  const jobs = jobsLogged(worker, 'job assigned');
  await vi.waitFor(async () => expect(await agentsInside(room, jobs)).toEqual([]), {
    timeout: VANISH_MS,
    interval: 200,
  });
  return systemClock.now() - killedAt;
}

describe.concurrent('SIGKILL', () => {
  it('[FAULT-45] during sessions costs a second of the logs, and harms no other worker', async (context) => {
    const [killed, other] = await Promise.all([
      stage.startWorker(context),
      stage.startWorker(context),
    ]);
    await Promise.all([openSessions(killed, 3), openSessions(other, 1)]);
    await vi.waitFor(async () => {
      const times = (await readJobLogs(killed.logDirectory)).map(lastTime);
      expect(times.filter(Number.isFinite)).toHaveLength(3);
    }, 5_000);
    const killedAt = await kill(killed);
    const logs = await readJobLogs(killed.logDirectory);
    expect(logs).toHaveLength(3);
    for (const lines of logs) {
      expect(lines.at(-1)?.kind).not.toBe('end');
      expect(killedAt - lastTime(lines)).toBeLessThan(1_000);
    }
    await replace(context, killed);
    const vanishedAfterMs = await expectVanished(killed, killedAt);
    expect(vanishedAfterMs).toBeGreaterThan(10_000);
    expect(vanishedAfterMs).toBeLessThan(30_000);
    expect(await other.room.sessions()).toMatchObject([{ state: 'connected', tracked: true }]);
    expect(complaints(other)).toEqual([]);
  });

  it('[FAULT-46] during joins leaves logs that can be read, and no agent for good', async (context) => {
    const killed = await stage.startWorker(context);
    await beginJoins(killed);
    const killedAt = await kill(killed);
    expect(jobsLogged(killed.worker, 'room joined').length).toBeLessThan(20);
    // Of a job that had just begun the file may be empty.
    for (const [head] of await readJobLogs(killed.logDirectory)) {
      expect(head?.kind ?? 'head').toBe('head');
    }
    await replace(context, killed);
    await expectVanished(killed, killedAt);
  }, 120_000);

  it('[FAULT-47] in a drain leaves logs that can be read, and no agent for good', async (context) => {
    const killed = await stage.startWorker(context, { settings: { DRAIN_TIMEOUT: '10m' } });
    await openSessions(killed, 2);
    killed.worker.signal('SIGTERM');
    await vi.waitUntil(() => killed.worker.logs.some(({ msg }) => msg === 'taking no jobs'), 5_000);
    // Until the drain itself is in the logs.
    await vi.waitUntil(async () => (await drainedLogs(killed)).length === 2, 5_000);
    const killedAt = await kill(killed);
    expect(endReasons(killed.worker)).toEqual([]);
    for (const lines of await readJobLogs(killed.logDirectory)) {
      expect(killedAt - lastTime(lines)).toBeLessThan(1_000);
    }
    await replace(context, killed);
    await expectVanished(killed, killedAt);
  });
});

const drainedLogs = async ({ logDirectory }: StagedWorker) =>
  (await readJobLogs(logDirectory)).filter((lines) =>
    lines.some((line) => line.kind === 'input' && line.event.type === 'control.draining'),
  );
