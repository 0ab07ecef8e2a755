import { bulkhead } from 'cockatiel';

/** Lets few joins happen at once, in the order they were asked for: media stacks choke on many. */
export interface JoinGate {
  /**
   * Rejects without running the task where the signal aborts while it waits, and at once where
   * too many wait already.
   */
  run<TResult>(task: () => Promise<TResult>, signal: AbortSignal): Promise<TResult>;
}

export type JoinGateLimits = {
  readonly concurrency: number;
  /** How many may wait; one more is refused. */
  readonly maxWaiting: number;
};

/** One for the whole process, shared by all rooms. */
export function createJoinGate({ concurrency, maxWaiting }: JoinGateLimits): JoinGate {
  const policy = bulkhead(concurrency, maxWaiting);
  return { run: (task, signal) => policy.execute(task, signal) };
}
