import type { AcceptedLog } from './accept-log.ts';
import type { ProblemReport } from './problem-report.ts';

/** The document of `greenroom replay --accept --json`. */
export type AcceptReport = {
  readonly version: 1;
  /** 0 all is as the machines have it now, 2 something is unreadable; 130, 143: ended by a signal. */
  readonly exitCode: number;
  /** Logs that were written anew. */
  readonly accepted: readonly ({ readonly path: string } & AcceptedLog)[];
  /** Logs that were the same, and stay as they are. */
  readonly same: readonly string[];
  /** What stays as it is because it cannot be read or run again. */
  readonly unreadable: readonly ProblemReport[];
};
