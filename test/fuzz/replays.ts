import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { jobMachineOf } from '../../src/io/compose/log-machines.ts';
import { replay } from '../../src/io/replay/replayer.ts';
import { fragile } from './fragile.agent.ts';
import type { EndedJob } from './job-promises.ts';

const machines = new Map(
  [participantMonitor, fragile].map((agent) => [agent.name, jobMachineOf(agent)]),
);

/** The first difference between a log and its replay. */
export async function replayBreach({ job, lines }: EndedJob): Promise<string | undefined> {
  const machine = machines.get(job.dispatch.agent);
  if (!machine) throw new Error(`There is no agent "${job.dispatch.agent}".`);
  const options = { overdueToleranceMs: 0 };
  const { divergence, ending } = await replay(lines, machine, options);
  if (divergence) return `the replay differs: ${JSON.stringify(divergence)}`;
  return ending === 'closed' ? undefined : `the replay ends ${ending}`;
}
