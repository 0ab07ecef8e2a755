import type { AgentCommand } from './events.ts';
import type { JobInfo } from './job/job.events.ts';

type Payload = Extract<AgentCommand, { type: 'data.publish' }>['payload'];

/** The payload of a data message with who sends it: a hidden sender is anonymous to participants. */
export const signed = (job: Pick<JobInfo, 'agent' | 'jobId'>, payload: Payload): Payload => ({
  ...payload,
  version: 1,
  agent: job.agent,
  job_id: job.jobId,
});
