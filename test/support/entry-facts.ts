import type { ParticipantInfo, ParticipantRef, RoomFact } from '../../src/machines/events.ts';
import { job } from './monitor-facts.ts';
import { roomConnected } from './told-facts.ts';

/** What the room says to the monitor of somebody who is in it already, with one microphone. */
export const entryFacts = (
  at: number,
  ref: ParticipantRef,
  trackSid: string,
  participants: readonly ParticipantInfo[],
): readonly RoomFact[] => [
  roomConnected(at, participants, job.room),
  { type: 'participant.active', at, ...ref },
  { type: 'track.subscribed', at, ...ref, trackSid },
  { type: 'participant.qualityChanged', at, ...ref, quality: 'excellent' },
];
