import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi, type TestContext } from 'vitest';
import type { FileLine } from '../../src/io/event-log/log-line.ts';
import type { TornLine } from '../../src/io/event-log/reader.ts';
import type { LocalServer } from '../../src/io/livekit/local-server.ts';
import type { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import { readWholeLog } from './event-log/log-folder.ts';
import { MonitoredRoom, withinDeadline } from './monitored-room.ts';
import { startOwnServer } from './own-server.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

/** A worker whose end a test watches. */
export type StagedWorker = {
  readonly worker: WorkerProcess;
  /** The room of the stage, for dispatches to this worker alone. */
  readonly room: MonitoredRoom;
  /** Where it writes its event logs. */
  readonly logDirectory: string;
};

type WorkerChanges = {
  /** As another worker of the stage had them. */
  readonly logDirectory?: string;
  readonly settings?: Readonly<Record<string, string>>;
};

/** A server of its own and a room in which alice is: any dispatch leads to a job at once. */
export class WorkerStage {
  readonly server: LocalServer;
  readonly alice: SyntheticParticipant;
  readonly #room: MonitoredRoom;
  /** Several that start at once on few cores would each take longer than their deadline. */
  #starting: Promise<unknown> = Promise.resolve();

  static async open(): Promise<WorkerStage> {
    const server = await startOwnServer();
    const nobody = { sessions: () => Promise.resolve([]) };
    const room = new MonitoredRoom(server, nobody, '');
    return new WorkerStage(server, room, await room.enter('alice'));
  }

  private constructor(server: LocalServer, room: MonitoredRoom, alice: SyntheticParticipant) {
    this.server = server;
    this.alice = alice;
    this.#room = room;
  }

  /** A worker with an agent of its own, until the end of the test. */
  async startWorker(
    { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
    changes: WorkerChanges = {},
  ): Promise<StagedWorker> {
    const agentName = `participant-monitor-${randomUUID()}`;
    const logDirectory =
      changes.logDirectory ?? (await mkdtemp(join(tmpdir(), 'greenroom-stage-')));
    onTestFinished(() => rm(logDirectory, { recursive: true, force: true }));
    const start = () =>
      startWorkerProcess(this.server, {
        LIVEKIT_AGENT_NAME: agentName,
        EVENT_LOG_DIR: logDirectory,
        ...changes.settings,
      });
    const starting = this.#starting.then(start, start);
    this.#starting = starting;
    const worker = await starting;
    onTestFinished(() => worker.stop());
    const room = new MonitoredRoom(this.server, worker, agentName, this.#room.name);
    return { worker, room, logDirectory };
  }

  async close(): Promise<void> {
    await this.#room.close();
    await this.server.kill();
  }
}

/** A worker whose event loop lags takes no jobs, and the server drops what nobody takes. */
async function untilAvailable({ logs }: WorkerProcess): Promise<void> {
  const lastState = () => logs.findLast(({ msg }) => msg === 'connection state changed')?.state;
  await vi.waitUntil(() => lastState() === 'available', withinDeadline);
}

/** So many monitors of alice, all of them connected. Gives the ids of their dispatches. */
export async function openSessions(
  { worker, room }: Pick<StagedWorker, 'worker' | 'room'>,
  count: number,
): Promise<readonly string[]> {
  await untilAvailable(worker);
  const dispatches = await room.dispatchMany(count);
  await vi.waitFor(async () => {
    const open = (await room.sessions()).filter(({ state }) => state === 'connected');
    const served = open.map(({ dispatchId }) => dispatchId);
    expect(served).toEqual(expect.arrayContaining([...dispatches]));
  }, withinDeadline);
  return dispatches;
}

/** Asks for twenty monitors at once; resolves when the worker has got the first of these jobs. */
export async function beginJoins({ worker, room }: StagedWorker): Promise<void> {
  await untilAvailable(worker);
  await Promise.all([
    room.dispatchMany(20),
    vi.waitUntil(() => jobsLogged(worker, 'job assigned').length > 0, {
      timeout: 20_000,
      interval: 1,
    }),
  ]);
}

/** The jobs that a worker names with a message in its log, in order. */
export const jobsLogged = (
  { logs }: WorkerProcess,
  message: 'job assigned' | 'room joined' | 'job ended',
): readonly string[] => logs.filter(({ msg }) => msg === message).map(({ job }) => String(job));

/** The end reason of each job that a worker has ended, in order. */
export const endReasons = ({ logs }: WorkerProcess): readonly unknown[] =>
  logs.filter(({ msg }) => msg === 'job ended').map(({ reason }) => reason);

/** Of the jobs, those whose agent the server has in the room. */
export async function agentsInside(
  room: MonitoredRoom,
  jobs: readonly string[],
): Promise<readonly string[]> {
  const agents = await room.agents();
  return jobs.filter((jobId) => agents.includes(`agent-${jobId}`));
}

/** The logs of all jobs, each from its head to its last line. */
export async function readJobLogs(
  directory: string,
): Promise<readonly (readonly (FileLine | TornLine)[])[]> {
  const files = await readdir(directory, { recursive: true });
  const begun = files.filter((file) => /AJ_\w+\.1\.jsonl$/.test(file));
  return Promise.all(begun.map((file) => readWholeLog(join(directory, file))));
}

/** The ids of the processes that a process has started and that still run. */
export const childrenOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
