import type { EndReason } from '../../src/machines/events.ts';
import { givenDiskTime } from '../support/disk-time.ts';
import { stepsPerRun } from './fuzz-seeds.ts';
import { FuzzWorld, roomNames } from './fuzz-world.ts';
import { endOf, jobPromises, type Breach, type EndedJob } from './job-promises.ts';
import { storyOf } from './job-story.ts';
import { takeRandomStep } from './random-step.ts';
import { readLogOf } from './read-log.ts';
import { replayBreach } from './replays.ts';
import { livePromises, lookAtWorld } from './world-promises.ts';

/** Steps shown before the one that broke a promise. */
const shownSteps = 30;
/** Longer than a drain, a status, a summary and a leave together. */
const settleMs = 60_000;

export type FuzzResult = {
  /** The broken promise and what led to it; empty where all were kept. */
  readonly failure: string;
  readonly endReasons: readonly EndReason[];
};

/** One life of a worker: a thousand random steps, the end, and what is left behind. */
export async function runSeed(seed: number, isReplayed: boolean): Promise<FuzzResult> {
  const world = await FuzzWorld.start(seed);
  const { clock } = world.worker;
  const idle = { timers: clock.pendingCount, actors: world.worker.system.actorCount };
  const told = (rule: string, { at = clock.now(), what }: Breach): FuzzResult => ({
    failure: describeFailure(seed, world, { rule, at, what }),
    endReasons: [],
  });

  for (let step = 0; step < stepsPerRun; step += 1) {
    await takeRandomStep(world);
    const sight = lookAtWorld(world);
    for (const [rule, keeps] of Object.entries(livePromises)) {
      const broken = keeps(sight)[0];
      if (broken) return told(rule, broken);
    }
  }
  const atEnd = world.character.drainsInTheMiddle
    ? await drainInTheMiddle(world)
    : await emptyAndFill(world, idle);
  if (atEnd) return told('FUZZ-15', atEnd);
  const left = await closeAll(world);
  if (left) return told('FUZZ-16', left);

  const jobs = await endedJobs(world);
  for (const ended of jobs) {
    for (const [rule, keeps] of Object.entries(jobPromises)) {
      const broken = keeps(ended)[0];
      if (broken) return told(rule, { ...broken, what: `${ended.job.jobId}: ${broken.what}` });
    }
    const different = isReplayed ? await replayBreach(ended.lines) : undefined;
    if (different) return told('FUZZ-17', { what: `${ended.job.jobId}: ${different}` });
  }
  const ownLog = isReplayed
    ? await replayBreach(await readLogOf(world.worker.directory, 'worker-simulated'))
    : undefined;
  if (ownLog) return told('FUZZ-17', { what: `the worker: ${ownLog}` });
  if (world.worker.problems.length > 0) {
    return told('FUZZ-10', { what: JSON.stringify(world.worker.problems[0]) });
  }
  return { failure: '', endReasons: jobs.flatMap(endOf) };
}

/** Everything still goes on while it drains. */
async function drainInTheMiddle(world: FuzzWorld): Promise<Breach | undefined> {
  world.drain();
  const isOver = (): boolean => world.worker.system.view().worker.state === 'ended';
  for (let waitedMs = 0; waitedMs < settleMs && !isOver(); waitedMs += 1_000) {
    await world.pass(1_000);
  }
  return isOver() ? undefined : { what: 'the drain does not end' };
}

/** All rooms end: every place is free again, and nothing is left of the jobs. */
async function emptyAndFill(
  world: FuzzWorld,
  idle: { readonly timers: number; readonly actors: number },
): Promise<Breach | undefined> {
  const { worker } = world;
  world.stopPlans();
  world.note('server', 'ends all rooms');
  world.comeBack();
  for (const name of roomNames) worker.rooms.room(name).end('room_deleted');
  const isReady = (): boolean =>
    worker.system.view().worker.jobs === 0 && worker.system.unhealthyReason() === null;
  for (let waitedMs = 0; waitedMs < settleMs && !isReady(); waitedMs += 500) await world.pass(500);
  if (!isReady())
    return { what: `not ready again: ${JSON.stringify(worker.system.view().worker)}` };
  await world.pass(1_000);
  // What was assigned late has joined meanwhile, and gets its time to leave.
  for (const name of roomNames) worker.rooms.room(name).end('room_deleted');
  const isLetGo = (): boolean =>
    worker.heldCount === 0 &&
    world.wire.listenerCount === 0 &&
    worker.system.actorCount <= idle.actors;
  for (let waitedMs = 0; waitedMs < settleMs && !isLetGo(); waitedMs += 500) await world.pass(500);
  await givenDiskTime(isLetGo);
  if (worker.heldCount > 0) return { what: `clients hold ${worker.heldCount} things` };
  if (world.wire.listenerCount > 0) return { what: `${world.wire.listenerCount} listeners stay` };
  if (worker.system.actorCount > idle.actors) {
    return { what: `${worker.system.actorCount} actors, ${idle.actors} at the beginning` };
  }
  return worker.clock.pendingCount > idle.timers + flushTimers
    ? { what: `${worker.clock.pendingCount} timers, ${idle.timers} at the beginning` }
    : undefined;
}

/** The worker's own log may be waiting for its next batch. */
const flushTimers = 1;

async function closeAll(world: FuzzWorld): Promise<Breach | undefined> {
  const { worker, wire } = world;
  world.stopPlans();
  await worker.close();
  const left = {
    actors: worker.system.actorCount,
    held: worker.heldCount,
    listeners: wire.listenerCount,
    timers: worker.clock.pendingCount,
  };
  const isClean = Object.values(left).every((count) => count === 0);
  return isClean ? undefined : { what: `left after the close: ${JSON.stringify(left)}` };
}

async function endedJobs(world: FuzzWorld): Promise<readonly EndedJob[]> {
  const { emitted } = world.worker;
  const assigned = emitted.flatMap((fact) => (fact.type === 'job.assigned' ? [fact.jobId] : []));
  const ended: EndedJob[] = [];
  for (const jobId of assigned) {
    const job = world.jobs.get(jobId);
    if (!job) throw new Error(`There is no job ${jobId}.`);
    const lines = await readLogOf(world.worker.directory, jobId);
    ended.push({ world, job, lines, story: storyOf(lines) });
  }
  return ended;
}

function describeFailure(
  seed: number,
  world: FuzzWorld,
  { rule, at, what }: { readonly rule: string; readonly at: number; readonly what: string },
): string {
  const startedAt = world.worker.clock.now() - world.now;
  const steps = world.history.filter((step) => startedAt + step.at <= at);
  return [
    `[${rule}] seed ${seed}, step ${steps.length}: ${what}`,
    JSON.stringify(world.character),
    ...steps.slice(-shownSteps).map(({ line }) => line),
    `Once more: FUZZ_SEED=${seed} npx vitest run --project unit test/fuzz`,
  ].join('\n');
}
