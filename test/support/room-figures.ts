import type { RoomFigures, RoomSummary } from '../../src/machines/room/room-figures.ts';

/** Figures of a room in which little has happened. */
export const roomFigures = (changes: Partial<RoomFigures>): RoomFigures => ({
  kind: 'room',
  room: 'support',
  roomSid: 'RM_1',
  state: 'active',
  startedAt: 0,
  durationMs: 1_000,
  participants: 1,
  peakParticipants: 1,
  joins: 1,
  leaves: 0,
  identities: 1,
  identitiesAreExact: true,
  tracks: { camera: 1, microphone: 1, screen_share: 1, screen_share_audio: 0, unknown: 0 },
  peakTracks: 3,
  tracksPublished: 3,
  messages: 0,
  messageBytes: 0,
  ...changes,
});

export function roomSummary(changes: Partial<RoomSummary> = {}): RoomSummary {
  const { state: _, ...figures } = roomFigures({});
  return {
    ...figures,
    kind: 'room_summary',
    endReason: 'room_closed',
    joinsByKind: { standard: 1 },
    tracksBySource: figures.tracks,
    subscriptionFailures: 0,
    messagesThrottled: 0,
    textStreams: 0,
    turns: 0,
    speakingMs: 0,
    peakSpeakers: 0,
    removals: 0,
    whoWasThere: ['alice'],
    ...changes,
  };
}
