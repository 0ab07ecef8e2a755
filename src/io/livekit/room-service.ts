import {
  EgressClient,
  EgressStatus,
  EncodedFileOutput,
  RoomServiceClient as ServerApi,
} from 'livekit-server-sdk';
import type { RoomServiceClient } from '../../actors/ports.ts';
import { GreenroomError } from '../errors.ts';
import type { RosterClientOptions } from './roster-client.ts';
import { statusOf } from './server-error.ts';

const REQUEST_TIMEOUT_S = 5;
/** An Egress service takes a job within a second; a server without one says nothing for 21 s. */
const EGRESS_TIMEOUT_S = 10;
const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;
const INTERNAL = 500;
const UNAVAILABLE = 503;

/** The server's API for rooms and recordings; a request fails after 5 s, one for a recording after 10 s. */
export function createRoomService({
  url,
  apiKey,
  apiSecret,
}: RosterClientOptions): RoomServiceClient {
  const host = url.replace(/^ws/, 'http');
  const rooms = new ServerApi(host, apiKey, apiSecret, { requestTimeout: REQUEST_TIMEOUT_S });
  const egress = new EgressClient(host, apiKey, apiSecret, { requestTimeout: EGRESS_TIMEOUT_S });
  return {
    removeParticipant: (roomName, identity) =>
      rooms.removeParticipant(roomName, identity).catch(unlessStatus(NOT_FOUND)),
    muteTrack: async (roomName, identity, trackSid) => {
      try {
        await rooms.mutePublishedTrack(roomName, identity, trackSid, true);
      } catch (cause) {
        if (statusOf(cause) === NOT_FOUND) return;
        // Of somebody who has left the server says, after 3 s, that nobody answers.
        if (statusOf(cause) !== UNAVAILABLE || (await isInside(rooms, roomName, identity))) {
          throw cause;
        }
      }
    },
    startRecording: async (roomName, { filepath, layout, audioOnly }) => {
      const file = new EncodedFileOutput({ filepath });
      try {
        const { egressId } = await egress.startRoomCompositeEgress(roomName, file, {
          layout,
          audioOnly,
        });
        return egressId;
      } catch (cause) {
        throw recordingError(cause);
      }
    },
    isRecording: async (recordingId) => {
      try {
        const found = await egress.listEgress({ egressId: recordingId });
        return found.some(({ status }) => goingOn.has(status));
      } catch (cause) {
        if (statusOf(cause) === NOT_FOUND) return false;
        throw recordingError(cause);
      }
    },
    stopRecording: async (recordingId) => {
      try {
        await egress.stopEgress(recordingId);
      } catch (cause) {
        const status = statusOf(cause);
        if (status !== NOT_FOUND && status !== PRECONDITION_FAILED) throw recordingError(cause);
      }
    },
  };
}

const goingOn = new Set([EgressStatus.EGRESS_STARTING, EgressStatus.EGRESS_ACTIVE]);

const unlessStatus =
  (status: number) =>
  (cause: unknown): void => {
    if (statusOf(cause) !== status) throw cause;
  };

async function isInside(rooms: ServerApi, roomName: string, identity: string): Promise<boolean> {
  const inside = await rooms.listParticipants(roomName);
  return inside.some((participant) => participant.identity === identity);
}

/** The server itself only says that nobody answered, or nothing at all. */
function recordingError(cause: unknown): unknown {
  const status = statusOf(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  const isUnanswered =
    status === UNAVAILABLE || (cause instanceof Error && cause.name === 'TimeoutError');
  const isWithoutRedis = status === INTERNAL && message.includes('egress not connected');
  if (!isUnanswered && !isWithoutRedis) return cause;
  const reason = `no Egress service answered the server (${message})`;
  return new GreenroomError('E_NO_EGRESS', reason, { cause });
}
