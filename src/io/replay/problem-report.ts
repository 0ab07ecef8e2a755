import type { ErrorCode } from '../errors.ts';
import type { NoLog } from './find-logs.ts';

/** Why something that was named cannot be read, as plain data. */
export type ProblemReport = {
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
};

export const problemReport = ({ path, problem }: NoLog): ProblemReport => {
  const { code, message, remedy } = problem;
  return { path, code, message, remedy };
};
