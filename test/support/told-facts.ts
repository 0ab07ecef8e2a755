/** What a room tells its job, as the tests of machines say it. */
import type {
  ParticipantInfo,
  ParticipantRef,
  RoomFact,
  RoomFactOf,
} from '../../src/machines/events.ts';
import { alice, microphone, participant } from './session-facts.ts';

type RoomConnected = RoomFactOf<'room.connected'>;

const error = { code: 'E_TEST', message: 'no', retryable: true };

/** We are in the room `support`, with these people inside. */
export const roomConnected = (
  at: number,
  participants: readonly ParticipantInfo[] = [],
  changes: Partial<RoomConnected> = {},
): RoomConnected => ({
  type: 'room.connected',
  at,
  sid: 'RM_1',
  name: 'support',
  metadata: '',
  local: { identity: 'agent', sid: 'PA_agent' },
  participants,
  ...changes,
});

/** One fact of each kind about the people of a room and what they do, all of them about this one. */
export function factsOfPeople(at: number, ref: ParticipantRef = alice) {
  const who = { at, ...ref };
  const own = { ...who, trackSid: microphone.sid };
  return [
    { type: 'room.metadataChanged', at, metadata: 'x' },
    { type: 'room.speakersChanged', at, identities: [ref.identity] },
    { type: 'participant.connected', at, participant: participant(ref) },
    { type: 'participant.active', ...who },
    { type: 'participant.disconnected', ...who },
    { type: 'participant.metadataChanged', ...who, metadata: 'x' },
    { type: 'participant.attributesChanged', ...who, attributes: { seat: '1' } },
    { type: 'participant.throttled', ...who, changes: 3 },
    { type: 'participant.qualityChanged', ...who, quality: 'poor' },
    { type: 'track.published', ...who, track: microphone },
    { type: 'track.unpublished', ...own },
    { type: 'track.subscribed', ...own },
    { type: 'track.unsubscribed', ...own },
    { type: 'track.subscriptionFailed', ...own, error },
    { type: 'track.muted', ...own },
    { type: 'track.unmuted', ...own },
    {
      type: 'data.received',
      at,
      sender: ref,
      topic: 'chat',
      sizeBytes: 2,
      text: '{}',
      truncated: false,
    },
    { type: 'data.throttled', at, sender: ref, messages: 2, sizeBytes: 4 },
    {
      type: 'text.received',
      at,
      senderIdentity: ref.identity,
      topic: 'lk.transcription',
      text: 'hello',
      truncated: false,
      attributes: {},
    },
  ] as const satisfies readonly RoomFact[];
}
