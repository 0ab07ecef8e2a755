import {
  EgressClient,
  EncodedFileOutput,
  RoomServiceClient as ServerApi,
} from 'livekit-server-sdk';
import type { RoomServiceClient } from '../../actors/ports.ts';
import type { RosterClientOptions } from './roster-client.ts';
import { statusOf } from './server-error.ts';

const REQUEST_TIMEOUT_S = 5;
const NOT_FOUND = 404;

/** The server's API for rooms and recordings; a request fails after 5 s. */
export function createRoomService({
  url,
  apiKey,
  apiSecret,
}: RosterClientOptions): RoomServiceClient {
  const options = { requestTimeout: REQUEST_TIMEOUT_S };
  const host = url.replace(/^ws/, 'http');
  const rooms = new ServerApi(host, apiKey, apiSecret, options);
  const egress = new EgressClient(host, apiKey, apiSecret, options);
  return {
    removeParticipant: async (roomName, identity) => {
      try {
        await rooms.removeParticipant(roomName, identity);
      } catch (cause) {
        // Gone by itself meanwhile.
        if (statusOf(cause) !== NOT_FOUND) throw cause;
      }
    },
    muteTrack: async (roomName, identity, trackSid) => {
      await rooms.mutePublishedTrack(roomName, identity, trackSid, true);
    },
    startRecording: async (roomName, { filepath, layout, audioOnly }) => {
      const file = new EncodedFileOutput({ filepath });
      const { egressId } = await egress.startRoomCompositeEgress(roomName, file, {
        layout,
        audioOnly,
      });
      return egressId;
    },
    stopRecording: async (recordingId) => {
      await egress.stopEgress(recordingId);
    },
  };
}
