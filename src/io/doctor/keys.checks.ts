import { failed, ok, type Check, type Finding } from './check.ts';
import { ServerApiError, type RefusalReason, type ServerApi } from './server-api.ts';

/** Longer than one request may take. */
const API_TIMEOUT_MS = 8_000;

/** Whether the server accepts the API key. */
export const keysCheck = (api: ServerApi): Check => ({
  id: 'keys',
  needs: ['server'],
  timeoutMs: API_TIMEOUT_MS,
  timeoutRemedy: 'Try again; if it stays so, look at the log of the server.',
  run: async () => {
    try {
      const rooms = await api.listRooms();
      return ok(`accepted; ${rooms.length} open ${rooms.length === 1 ? 'room' : 'rooms'}`);
    } catch (error) {
      if (error instanceof ServerApiError) return explainApiError(error);
      throw error;
    }
  },
});

const refusals: Readonly<Record<RefusalReason, readonly [found: string, remedy: string]>> = {
  unknown_key: [
    'the server does not know LIVEKIT_API_KEY',
    'Compare LIVEKIT_API_KEY with the keys of the server, and LIVEKIT_URL with the server that is meant.',
  ],
  wrong_secret: [
    'the server knows LIVEKIT_API_KEY, and LIVEKIT_API_SECRET does not belong to it',
    'Compare LIVEKIT_API_SECRET with the keys of the server.',
  ],
  clock: [
    'the server takes the token for too old, or for one of the future',
    'Set the clock by NTP, on both sides.',
  ],
  not_allowed: [
    'the server refuses the API key',
    'Compare LIVEKIT_API_KEY and LIVEKIT_API_SECRET with the keys of the server.',
  ],
};

/** A request that failed, as a finding: refused is told apart from not answered. */
export function explainApiError({ status, refusal, message }: ServerApiError): Finding {
  if (refusal !== null) return failed(...refusals[refusal]);
  if (status === 404) {
    return failed(
      'what answers there has no API of LiveKit (404)',
      'Check that LIVEKIT_URL names a LiveKit server, and that a proxy passes on /twirp.',
    );
  }
  return status === null
    ? failed(
        `the API does not answer: ${message}`,
        'Check that the server runs, and that a proxy passes on /twirp.',
      )
    : failed(`the API answers ${status}: ${message}`, 'Look at the log of the server.');
}
