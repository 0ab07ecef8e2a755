import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { replay, startFromLog } from '../../src/io/event-log/replayer.ts';
import { jobMachine } from '../../src/machines/job/job.machine.ts';
import { notProvided } from '../../src/machines/slots.ts';
import { fragile } from './fragile.agent.ts';
import type { EndedJob } from './job-promises.ts';

const ports = {
  levels: notProvided<{ trackSid: string }>('levels'),
  stats: notProvided<Record<string, never>>('stats'),
};

const machines = new Map(
  [participantMonitor, fragile].map((agent) => [
    agent.name,
    jobMachine.provide({ actors: { agent: agent.machine(ports) } }),
  ]),
);

/** The first difference between a log and its replay. */
export async function replayBreach({ job, lines }: EndedJob): Promise<string | undefined> {
  const machine = machines.get(job.dispatch.agent);
  if (!machine) throw new Error(`There is no agent "${job.dispatch.agent}".`);
  const options = { overdueToleranceMs: 0 };
  const { divergence, ending } = await replay(lines, startFromLog(machine), options);
  if (divergence) return `the replay differs: ${JSON.stringify(divergence)}`;
  return ending === 'closed' ? undefined : `the replay ends ${ending}`;
}
