import type { MachineCoverage } from '../coverage/transition-coverage.ts';
import type { Divergence } from './divergence.ts';
import type { ProblemReport } from './problem-report.ts';

/** The document of `greenroom replay --coverage --json`. */
export type CoverageReport = {
  readonly version: 1;
  /** 0; 1 a log differs, 2 something is unreadable; 130, 143: ended by a signal. */
  readonly exitCode: number;
  /** How many were looked at. */
  readonly logs: number;
  /** Logs whose replay differs: what they took is counted up to there. */
  readonly different: readonly { readonly path: string; readonly divergence: Divergence }[];
  readonly unreadable: readonly ProblemReport[];
  readonly machines: readonly MachineCoverage[];
};
