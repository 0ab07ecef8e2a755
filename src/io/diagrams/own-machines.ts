import { conversationAnalyst } from '../../agents/conversation-analyst.agent.ts';
import { conversationMonitor } from '../../agents/conversation-monitor.agent.ts';
import { participantMonitor } from '../../agents/participant-monitor.agent.ts';
import { roomAnalytics } from '../../agents/room-analytics.agent.ts';
import { workerMachine } from '../../machines/worker/worker.machine.ts';
import { jobMachineOf } from '../compose/log-machines.ts';

/** The roots of all machines that come with greenroom. */
export const ownRoots = [
  workerMachine,
  jobMachineOf(participantMonitor),
  jobMachineOf(roomAnalytics),
  jobMachineOf(conversationMonitor),
  jobMachineOf(conversationAnalyst),
] as const;
