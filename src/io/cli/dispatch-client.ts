import { AgentDispatchClient } from 'livekit-server-sdk';
import { toServerError } from '../livekit/server-error.ts';
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
    throw toServerError(cause, { url, otherwise: 'E_DISPATCH' });
  }
}
