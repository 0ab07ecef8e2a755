import fc from 'fast-check';
import { expect, it } from 'vitest';
import { agentsWithoutPlace, keptPlaces } from '../../../src/machines/worker/fair-share.logic.ts';
import type { JobSlot } from '../../../src/machines/worker/job-slots.logic.ts';

const slotOf = (agent: string, number: number): JobSlot => ({
  jobId: `AJ_${number}`,
  dispatchId: 'AD_1',
  agent,
  key: `${number}`,
  offeredAt: 0,
  phase: 'running',
  assignedAt: 0,
  tracked: true,
});

/** Lets agents ask for places in this order, and gives those that got one. */
function serve(agents: readonly string[], asking: readonly string[], maxJobs: number) {
  const jobs: JobSlot[] = [];
  for (const agent of asking) {
    const isFull = jobs.length >= maxJobs;
    if (isFull || agentsWithoutPlace(agents, jobs, maxJobs).includes(agent)) continue;
    jobs.push(slotOf(agent, jobs.length));
  }
  return jobs.map(({ agent }) => agent);
}

const countOf = (taken: readonly string[], agent: string): number =>
  taken.filter((each) => each === agent).length;

it('[OFF-17] keeps nothing where there is one agent', () => {
  expect(keptPlaces(50, 1)).toBe(0);
  expect(serve(['a'], Array<string>(60).fill('a'), 50)).toHaveLength(50);
});

it('[OFF-17] gives an agent that floods the worker all but what is kept for the others', () => {
  const taken = serve(['a', 'b', 'c', 'd'], Array<string>(200).fill('a'), 50);
  expect(taken).toHaveLength(50 - 3 * keptPlaces(50, 4));
});

it('[OFF-18] whoever floods, each agent gets its kept places, and no place stays empty that somebody wants', () => {
  const agents = ['a', 'b', 'c'];
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.constantFrom(...agents), { maxLength: 200 }),
      (maxJobs, asking) => {
        const everybody = agents.flatMap((agent) => Array<string>(maxJobs).fill(agent));
        const taken = serve(agents, [...asking, ...everybody], maxJobs);
        expect(taken).toHaveLength(maxJobs);
        for (const agent of agents) {
          expect(countOf(taken, agent)).toBeGreaterThanOrEqual(keptPlaces(maxJobs, agents.length));
        }
      },
    ),
  );
});
