import { GreenroomError, type ErrorCode } from '../errors.ts';

type ServerErrorOptions = {
  readonly url: string;
  /** What it is where the server answers, and it is not the key. */
  readonly otherwise: ErrorCode;
};

/** What a request to the API of a LiveKit server failed of. */
export function toServerError(
  cause: unknown,
  { url, otherwise }: ServerErrorOptions,
): GreenroomError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const status = statusOf(cause);
  if (status === 401 || status === 403) {
    return new GreenroomError('E_UNAUTHORIZED', `${url} refuses the API key`, { cause });
  }
  if (status !== null) {
    return new GreenroomError(otherwise, `${url} answered ${status}: ${message}`, { cause });
  }
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : null;
  return new GreenroomError(
    'E_SERVER_UNREACHABLE',
    `${url} does not answer: ${reason?.message || message}`,
    { cause },
  );
}

/** The HTTP status of the answer; null where there was none. */
export const statusOf = (cause: unknown): number | null =>
  cause instanceof Error && 'status' in cause && typeof cause.status === 'number'
    ? cause.status
    : null;
