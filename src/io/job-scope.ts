import { AsyncLocalStorage } from 'node:async_hooks';

type OnStray = (error: unknown) => void;

const scope = new AsyncLocalStorage<OnStray>();

/**
 * Runs code of one job. What its timers and promises throw later, where nobody catches it, comes to
 * `onStray` instead of ending the process for all jobs.
 */
export const runInJob = <T>(onStray: OnStray, run: () => T): T => scope.run(onStray, run);

/** Runs what a job happens to start and all jobs share, such as the native media stack. */
export const runOutsideJobs = <T>(run: () => T): T => scope.exit(run);

/**
 * Gives an error that nobody caught to the job that it comes from. Call it in a handler of the process.
 *
 * @returns false where it belongs to no job.
 */
export function giveToItsJob(error: unknown): boolean {
  const onStray = scope.getStore();
  if (!onStray) return false;
  onStray(error);
  return true;
}
