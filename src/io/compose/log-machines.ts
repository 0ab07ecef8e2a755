import type { AnyStateMachine } from 'xstate';
import { unpluggedPorts, type AgentDefinition } from '../../agents/define-agent.ts';
import { jobMachine } from '../../machines/job/job.machine.ts';
import { workerMachine } from '../../machines/worker/worker.machine.ts';
import { GreenroomError } from '../errors.ts';
import type { LogHead } from '../event-log/log-line.ts';

/** The statechart of a job of this agent, as composition builds it, with no port filled. */
export const jobMachineOf = (agent: AgentDefinition): AnyStateMachine =>
  jobMachine.provide({
    actors: {
      agent: agent.machine(unpluggedPorts),
    },
  });

/** The ids of the roots that a process records. */
export const WORKER_ROOT_ID = 'worker';
export const JOB_ROOT_ID = 'job';

/**
 * The statechart that a log was recorded from: that of a worker, or of a job of one of these agents.
 *
 * @throws GreenroomError `E_REPLAY_AGENT` where none of them is meant.
 */
export function machineOfLog(
  { rootId, agent }: LogHead,
  agents: readonly AgentDefinition[],
): AnyStateMachine {
  if (rootId === WORKER_ROOT_ID) return workerMachine;
  const recorded = agents.find(({ name }) => name === agent);
  if (recorded && rootId === JOB_ROOT_ID) return jobMachineOf(recorded);
  throw new GreenroomError('E_REPLAY_AGENT', `the log is of the agent "${agent}"`, {
    remedy: `Known here: ${agents.map(({ name }) => name).join(', ')}. Name its file: --agent ./${agent}.js.`,
  });
}
