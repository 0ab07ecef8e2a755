/** How long it takes until the session of a log that broke off goes on. */
import { participantMonitor } from '../../src/agents/participant-monitor.agent.ts';
import { JobMachines } from '../../src/io/compose/job-machines.ts';
import { readTail } from '../../src/io/event-log/tail.ts';
import { resume } from '../../src/io/replay/resume.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import { throwProblem } from '../../test/support/played-job.ts';
import { PlayedPorts } from '../../test/support/played-ports.ts';

export type TimedResume = { readonly ms: number; readonly stimuli: number };

/** @param now epoch milliseconds at which it goes on, with nothing missed since the log broke off. */
export async function timeResume(path: string, now: number): Promise<TimedResume> {
  const machines = new JobMachines();
  const ports = new PlayedPorts();
  const startedAt = performance.now();
  const { root, stimuli } = await resume({
    log: readTail(path),
    machine: machines.machineOf(participantMonitor),
    clock: new VirtualClock(now),
    write: () => {},
    onProblem: throwProblem,
    onRestored: ({ root: { system } }) => ports.plugInto(machines, system),
  });
  const ms = performance.now() - startedAt;
  root.stop();
  return { ms, stimuli };
}
