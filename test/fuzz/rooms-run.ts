import { storyOf } from './job-story.ts';
import { becomeQuiet, differsFromTruth, exceedsLimit } from './quiet-moment.ts';
import { readLogOf } from './read-log.ts';
import { replayBreach } from './replays.ts';
import { roomPromises } from './room-promises.ts';
import { takeRoomsStep } from './rooms-step.ts';
import { roomNames, RoomsWorld } from './rooms-world.ts';

const quietMoments = 3;
const stepsBetween = 50;
/** Steps shown before the one that broke a promise. */
const shownSteps = 30;
const settleMs = 60_000;

/** @returns the promise that one life of some rooms broke, and what led to it; empty where all were kept. */
export async function runRooms(seed: number): Promise<string> {
  const world = await RoomsWorld.start(seed);
  const told = (rule: string, what: string): string =>
    [
      `[${rule}] seed ${seed}: ${what}`,
      JSON.stringify(world.character),
      ...world.history.slice(-shownSteps),
      `Once more: FUZZ_SEED=${seed} npx vitest run --project unit test/fuzz/rooms.test.ts`,
    ].join('\n');
  for (let moment = 0; moment < quietMoments; moment += 1) {
    for (let step = 0; step < stepsBetween; step += 1) await takeRoomsStep(world);
    if (!(await becomeQuiet(world))) continue;
    const difference = differsFromTruth(world);
    if (difference !== '') return told('FUZZ-31', difference);
    const excess = exceedsLimit(world);
    if (excess !== '') return told('FUZZ-32', excess);
  }
  const wrongly = world.removed.find(({ kind }) => kind === 'agent' || kind === 'egress');
  if (wrongly) return told('FUZZ-32', `${wrongly.identity}, ${wrongly.kind}, was removed`);
  if (!(await endAll(world))) return told('FUZZ-33', 'its jobs do not end');

  for (const job of world.jobs) {
    const lines = await readLogOf(world.worker.directory, job.jobId);
    const ended = { world, job, lines, story: storyOf(lines) };
    for (const [rule, keeps] of Object.entries(roomPromises)) {
      const what = keeps(ended);
      if (what !== '') return told(rule, `${job.jobId} of ${job.agent}: ${what}`);
    }
    const different = await replayBreach(lines);
    if (different) return told('FUZZ-41', `${job.jobId} of ${job.agent}: ${different}`);
  }
  const [problem] = world.worker.problems;
  return problem ? told('FUZZ-40', JSON.stringify(problem)) : '';
}

/** @returns whether all jobs have ended. */
async function endAll(world: RoomsWorld): Promise<boolean> {
  const { worker } = world;
  world.stopPlans();
  for (const name of roomNames) worker.rooms.room(name).end('room_deleted');
  const isOver = (): boolean => world.jobs.every((job) => world.isOver(job));
  for (let waitedMs = 0; waitedMs < settleMs && !isOver(); waitedMs += 500) await worker.pass(500);
  await worker.close();
  return isOver();
}
