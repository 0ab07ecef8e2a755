import { afterAll, beforeAll, expect, it, vi, type TestContext } from 'vitest';
import { withinDeadline } from '../support/monitored-room.ts';
import type { WorkerProcess } from '../support/worker-process.ts';
import {
  agentsInside,
  beginJoins,
  childrenOf,
  endReasons,
  jobsLogged,
  openSessions,
  readJobLogs,
  WorkerStage,
  type StagedWorker,
} from '../support/worker-stage.ts';

let stage: WorkerStage;

beforeAll(async () => {
  stage = await WorkerStage.open();
});
afterAll(() => stage.close());

const startWorker = (context: TestContext, drainTimeout: string): Promise<StagedWorker> =>
  stage.startWorker(context, { settings: { DRAIN_TIMEOUT: drainTimeout } });

/** Two signals that wait at the same time are delivered in the order of their numbers. */
const untilDraining = ({ logs }: WorkerProcess): Promise<true> =>
  vi.waitUntil(
    () => logs.some(({ msg, reason }) => msg === 'taking no jobs' && reason === 'draining'),
    {
      ...withinDeadline,
      interval: 1,
    },
  );

/** The final statuses that the server has heard of, by the id of the job. */
function statusesHeard(): ReadonlyMap<string, string> {
  const ends = stage.server
    .logs()
    .map((line) => /\tjob ended\t.*"jobID": "(\w+)".*"status": "(\w+)"/.exec(line))
    .filter((match) => match !== null);
  return new Map(ends.map(([, jobId = '', status = '']) => [jobId, status]));
}

/** What must hold after the end, whatever jobs there were: nothing is left open anywhere. */
async function expectOrderlyEnd({ worker, room, logDirectory }: StagedWorker): Promise<void> {
  const assigned = jobsLogged(worker, 'job assigned');
  expect([...jobsLogged(worker, 'job ended')].sort()).toEqual([...assigned].sort());
  const heard = statusesHeard();
  expect(assigned.map((jobId) => heard.get(jobId))).toEqual(assigned.map(() => 'JS_SUCCESS'));
  // They said goodbye: an agent that did not would stay for some 20 s.
  await vi.waitFor(async () => expect(await agentsInside(room, assigned)).toEqual([]), 2_000);
  const logs = await readJobLogs(logDirectory);
  expect(logs.map((lines) => lines.at(-1))).toEqual(
    assigned.map(() => expect.objectContaining({ kind: 'end', dropped: 0 }) as unknown),
  );
}

it('[FAULT-40] a SIGTERM during joins ends what was assigned as drained, and takes no more', async (context) => {
  const staged = await startWorker(context, '1s');
  const { worker } = staged;
  await beginJoins(staged);
  worker.signal('SIGTERM');
  expect(jobsLogged(worker, 'room joined').length).toBeLessThan(20);
  expect(childrenOf(worker.pid)).toEqual([]);
  expect(await worker.exited).toBe(143);
  expect(new Set(endReasons(worker))).toEqual(new Set(['drained']));
  await expectOrderlyEnd(staged);
});

it('[FAULT-41] a SIGTERM during sessions lets them end by themselves until the time is over', async (context) => {
  const staged = await startWorker(context, '5s');
  const { worker, room } = staged;
  const dispatches = await openSessions(staged, 3);
  worker.signal('SIGTERM');
  await untilDraining(worker);
  expect((await room.sessions()).map(({ state }) => state)).toEqual(
    dispatches.map(() => 'connected'),
  );
  await room.dispatches.deleteDispatch(dispatches[0] ?? '', room.name);
  await room.dispatchMany(1);
  expect(await worker.exited).toBe(143);
  expect(endReasons(worker)).toEqual(['dispatch_deleted', 'drained', 'drained']);
  const summaries = worker.logs.filter(({ msg }) => msg === 'session summary');
  expect(summaries.map(({ endReason }) => endReason)).toEqual(endReasons(worker));
  await expectOrderlyEnd(staged);
});

it.for([
  ['SIGTERM', 'SIGINT', 143],
  ['SIGINT', 'SIGTERM', 130],
] as const)(
  '[FAULT-42] %s and then %s ends at once, with %i',
  async ([first, second, exitCode], context) => {
    const staged = await startWorker(context, '10m');
    const { worker } = staged;
    await openSessions(staged, 3);
    worker.signal(first);
    await untilDraining(worker);
    worker.signal(second);
    expect(await worker.exited).toBe(exitCode);
    expect(endReasons(worker)).toEqual(['drained', 'drained', 'drained']);
    await expectOrderlyEnd(staged);
  },
);

it('[FAULT-43] a second SIGTERM during joins ends at once, and what was assigned is reported', async (context) => {
  const staged = await startWorker(context, '10m');
  const { worker } = staged;
  await beginJoins(staged);
  worker.signal('SIGTERM');
  await untilDraining(worker);
  worker.signal('SIGTERM');
  expect(await worker.exited).toBe(143);
  await expectOrderlyEnd(staged);
});

it('[FAULT-44] a drain is over as soon as no job is left', async (context) => {
  const staged = await startWorker(context, '10m');
  const { worker, room } = staged;
  const dispatches = await openSessions(staged, 2);
  worker.signal('SIGTERM');
  await untilDraining(worker);
  await Promise.all(dispatches.map((id) => room.dispatches.deleteDispatch(id, room.name)));
  expect(await worker.exited).toBe(143);
  expect(endReasons(worker)).toEqual(['dispatch_deleted', 'dispatch_deleted']);
  await expectOrderlyEnd(staged);
});
