import {
  ParticipantInfo_Kind,
  ParticipantInfo_State,
  type ParticipantInfo,
} from '@livekit/protocol';
import { RoomServiceClient } from 'livekit-server-sdk';
import type { RosterClient } from '../../actors/ports.ts';
import type { ParticipantKind, RosterEntry } from '../../machines/events.ts';

const REQUEST_TIMEOUT_S = 5;

/** The server's numbers are others than the media stack's. */
const participantKinds: Readonly<Record<ParticipantInfo_Kind, ParticipantKind>> = {
  [ParticipantInfo_Kind.STANDARD]: 'standard',
  [ParticipantInfo_Kind.INGRESS]: 'ingress',
  [ParticipantInfo_Kind.EGRESS]: 'egress',
  [ParticipantInfo_Kind.SIP]: 'sip',
  [ParticipantInfo_Kind.AGENT]: 'agent',
  [ParticipantInfo_Kind.CONNECTOR]: 'connector',
  [ParticipantInfo_Kind.BRIDGE]: 'bridge',
};

export type RosterClientOptions = {
  /** The server's address; `ws:` and `wss:` stand for `http:` and `https:`. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
};

/** The server's list of participants over its HTTP API; a request fails after 5 s. */
export function createRosterClient({ url, apiKey, apiSecret }: RosterClientOptions): RosterClient {
  const service = new RoomServiceClient(url.replace(/^ws/, 'http'), apiKey, apiSecret, {
    requestTimeout: REQUEST_TIMEOUT_S,
  });
  return {
    list: async (roomName) => (await service.listParticipants(roomName)).map(toRosterEntry),
  };
}

export const toRosterEntry = (
  participant: Pick<
    ParticipantInfo,
    'identity' | 'sid' | 'kind' | 'joinedAtMs' | 'joinedAt' | 'state' | 'attributes'
  >,
): RosterEntry => ({
  identity: participant.identity,
  sid: participant.sid,
  kind: participantKinds[participant.kind],
  // Older servers know whole seconds only.
  joinedAt: Number(participant.joinedAtMs) || Number(participant.joinedAt) * 1000,
  active: participant.state === ParticipantInfo_State.ACTIVE,
  attributes: { ...participant.attributes },
});
