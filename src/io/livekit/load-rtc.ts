import { GreenroomError } from '../errors.ts';
import { runOutsideJobs } from '../job-scope.ts';
import { openFfiRouter } from './ffi-router.ts';
import type { RtcRuntime } from './rtc-runtime.ts';
import { findRtcProblem } from './rtc-versions.ts';

let runtime: RtcRuntime | undefined;
let disposal: Promise<void> | undefined;

/**
 * The media stack of this process, loaded and taken over on first use.
 *
 * @throws GreenroomError `E_RTC_VERSION` where {@link findRtcProblem} names a problem, or after {@link disposeRtc}.
 */
export function rtcRuntime(): RtcRuntime {
  if (disposal) throw new GreenroomError('E_RTC_VERSION', 'the media stack has been disposed of');
  if (runtime) return runtime;
  const problem = findRtcProblem();
  if (problem !== null) throw new GreenroomError('E_RTC_VERSION', problem);
  // Its callback lives as long as the process, and not as long as the job that joins first.
  runtime = runOutsideJobs(openFfiRouter);
  return runtime;
}

/**
 * Ends the native side, without which the process would never exit: once, last, after every room was closed.
 *
 * Afterwards no room can be joined in this process any more.
 */
export function disposeRtc(): Promise<void> {
  if (!runtime) return Promise.resolve();
  disposal ??= runtime.sdk.dispose();
  return disposal;
}
