import type { ErrorInfo } from '../machines/events.ts';

/** A failure that may be gone the next time, as plain data. */
export const retryableError = (code: string, cause: unknown): ErrorInfo => ({
  code,
  message: cause instanceof Error ? cause.message : String(cause),
  retryable: true,
});
