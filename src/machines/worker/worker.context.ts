import type { AgentRef, ConnectionState, DrainReason, FullReason } from './connection.events.ts';
import type { WorkerStatus } from './events.ts';
import type { JobSlots } from './job-slots.logic.ts';
import type { WorkerConfig } from './worker-config.ts';

export type WorkerInput = {
  /** One connection each; no name twice. */
  readonly agents: readonly AgentRef[];
  readonly config: WorkerConfig;
};

export type ConnectionView = AgentRef & {
  readonly state: ConnectionState;
  readonly workerId: string | null;
  readonly message: string;
};

export type WorkerContext = WorkerInput & {
  readonly connections: readonly ConnectionView[];
  readonly jobs: JobSlots;
  /** Jobs that were assigned, from the beginning. */
  readonly startedTotal: number;
  /** The keys that were served, oldest first. */
  readonly endedKeys: readonly string[];
  /** Null until it drains. */
  readonly drainReason: DrainReason | null;
  /** Why no jobs are taken; null while they are. */
  readonly fullReason: FullReason | null;
  /** The agents that get no jobs meanwhile, because what is free is kept for the others. */
  readonly closedTo: readonly string[];
  /** What the connections were told last; one of `closedTo` was told `full`. */
  readonly status: WorkerStatus;
  readonly eventLoopP99Ms: number;
  readonly exitCode: number;
  /** Why the worker ends; empty where it does as asked. */
  readonly message: string;
};

export const newWorker = (input: WorkerInput): WorkerContext => ({
  ...input,
  connections: input.agents.map(({ agent, jobType }) => ({
    agent,
    jobType,
    state: 'connecting',
    workerId: null,
    message: '',
  })),
  jobs: [],
  startedTotal: 0,
  endedKeys: [],
  drainReason: null,
  fullReason: null,
  closedTo: [],
  status: { load: 0, jobCount: 0, full: false },
  eventLoopP99Ms: 0,
  exitCode: 0,
  message: '',
});
