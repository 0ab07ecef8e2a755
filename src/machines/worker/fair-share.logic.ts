import type { JobSlots } from './job-slots.logic.ts';

/**
 * Of the places of a worker with several agents so many are kept for each: half of all, divided evenly.
 * The other half goes to whoever comes first. So no agent can be shut out by a flood of jobs for another,
 * and none is held to its share while the others are idle.
 */
export const keptPlaces = (maxJobs: number, agentCount: number): number =>
  agentCount > 1 ? Math.floor(maxJobs / (2 * agentCount)) : 0;

/**
 * The agents for which there is no place, although the worker is not full: what is free is kept for the others.
 *
 * @param agents all that the worker has.
 */
export function agentsWithoutPlace(
  agents: readonly string[],
  jobs: JobSlots,
  maxJobs: number,
): readonly string[] {
  const kept = keptPlaces(maxJobs, agents.length);
  const claims = agents.map((agent) => ({
    agent,
    open: Math.max(0, kept - jobs.filter((job) => job.agent === agent).length),
  }));
  const openInAll = claims.reduce((sum, { open }) => sum + open, 0);
  const free = maxJobs - jobs.length;
  return claims.flatMap(({ agent, open }) => (free <= openInAll - open ? [agent] : []));
}
