import { builtInAgents } from '../../agents/built-in-agents.ts';
import { workerMachine } from '../../machines/worker/worker.machine.ts';
import { jobMachineOf } from '../compose/log-machines.ts';

/** The roots of all machines that come with greenroom. */
export const ownRoots = [workerMachine, ...builtInAgents.map(jobMachineOf)] as const;
