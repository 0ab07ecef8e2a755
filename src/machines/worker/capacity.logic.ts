import { agentsWithoutPlace } from './fair-share.logic.ts';
import { startedSlots } from './job-slots.logic.ts';
import { fullReason, reportedLoad } from './load.logic.ts';
import type { WorkerContext } from './worker.context.ts';

/** How full the worker is now, whatever its connections were told last. */
export function capacityOf(
  worker: WorkerContext,
): Pick<WorkerContext, 'fullReason' | 'status' | 'closedTo'> {
  const { config, agents, jobs, startedTotal, drainReason, eventLoopP99Ms } = worker;
  const reserved = jobs.length - startedSlots(jobs).length;
  const reason = fullReason({
    drainReason,
    jobCount: jobs.length,
    jobsTotal: startedTotal + reserved,
    eventLoopP99Ms,
    ...config,
  });
  const names = agents.map(({ agent }) => agent);
  return {
    fullReason: reason,
    status: {
      load: reportedLoad(jobs.length, config.maxJobs),
      jobCount: jobs.length,
      full: reason !== null,
    },
    closedTo: agentsWithoutPlace(names, jobs, config.maxJobs),
  };
}
