import type { ErrorInfo } from '../machines/events.ts';

/** The code that an error of the world brings along: one of ours, else this. */
export const codeOf = (cause: unknown, otherwise: string): string =>
  cause instanceof Error && 'code' in cause && /^E_[A-Z]/.test(String(cause.code))
    ? String(cause.code)
    : otherwise;

/** A failure that may be gone the next time, as plain data. */
export const retryableError = (code: string, cause: unknown): ErrorInfo => ({
  code,
  message: cause instanceof Error ? cause.message : String(cause),
  retryable: true,
});
