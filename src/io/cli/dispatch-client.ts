import { AgentDispatchClient } from 'livekit-server-sdk';
import { GreenroomError } from '../errors.ts';
import type { ConnectionSettings } from '../settings.ts';
import type { Dispatch } from './commands.ts';

const REQUEST_TIMEOUT_S = 10;

/**
 * Creates a dispatch and gives its id.
 *
 * @throws GreenroomError `E_UNAUTHORIZED`, `E_SERVER_UNREACHABLE` or `E_DISPATCH`.
 */
export async function createDispatch(
  settings: ConnectionSettings,
  { room, agent, metadata }: Dispatch,
): Promise<string> {
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret } = settings;
  const client = new AgentDispatchClient(url.replace(/^ws/, 'http'), key, secret, {
    requestTimeout: REQUEST_TIMEOUT_S,
  });
  try {
    const { id } = await client.createDispatch(room, agent, { metadata });
    return id;
  } catch (cause) {
    throw toDispatchError(cause, url);
  }
}

function toDispatchError(cause: unknown, url: string): GreenroomError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const status = cause instanceof Error && 'status' in cause ? cause.status : null;
  if (status === 401 || status === 403) {
    return new GreenroomError('E_UNAUTHORIZED', `${url} refuses the API key`, { cause });
  }
  if (typeof status === 'number') {
    return new GreenroomError('E_DISPATCH', `${url} answered ${status}: ${message}`, { cause });
  }
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : null;
  return new GreenroomError(
    'E_SERVER_UNREACHABLE',
    `${url} does not answer: ${reason?.message || message}`,
    { cause },
  );
}
