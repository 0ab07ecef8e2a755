import type { AgentFact, AgentReport, RoomFact } from '../events.ts';
import { reportProblem } from './agent-report.logic.ts';
import { failed } from './ending.logic.ts';
import type { Ending, JobContext } from './job.setup.ts';

/** The agent, and the rules beside it, hear of it. */
export const tellAgent = {
  type: 'tellAgent' as const,
  params: ({ event }: { event: AgentFact }) => event,
};

/** Kept for whoever must know later who is here. */
export const noteHere = {
  type: 'noteHere' as const,
  params: ({ event }: { event: RoomFact }) => event,
};

/** A report that is not what it should be ends the job like an exception: nobody else may stumble over it. */
export const malformed = {
  guard: { type: 'isMalformed' as const, params: ({ event }: { event: AgentReport }) => event },
  target: '#job.reporting' as const,
  actions: {
    type: 'decideEnd' as const,
    params: ({ context, event }: { context: JobContext; event: AgentReport }): Ending =>
      failed(context, reportProblem(event) ?? ''),
  },
};
