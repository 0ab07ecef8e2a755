/** The words between a job and the agent's machine that it runs. */
import type { JobOffer } from '../worker/events.ts';

/** What an agent's machine knows of its job. */
export type JobInfo = Pick<
  JobOffer,
  'jobId' | 'dispatchId' | 'agent' | 'jobType' | 'room' | 'participant'
>;

/** The input of every agent's machine. */
export type AgentInput<
  TMetadata = Readonly<Record<string, unknown>>,
  TSettings = Readonly<Record<string, unknown>>,
> = {
  readonly job: JobInfo;
  /** The job's metadata, read against the agent's schema. */
  readonly metadata: TMetadata;
  /** The agent's settings, resolved from flags, environment and defaults. */
  readonly settings: TSettings;
  /** Epoch milliseconds: for the job its assignment, for the agent's machine when the room was joined. */
  readonly startedAt: number;
};
