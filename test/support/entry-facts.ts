import type { ParticipantInfo, ParticipantRef, RoomFact } from '../../src/machines/events.ts';
import { job } from './monitor-facts.ts';

/** What the room says to the monitor of somebody who is in it already, with one microphone. */
export const entryFacts = (
  at: number,
  ref: ParticipantRef,
  trackSid: string,
  participants: readonly ParticipantInfo[],
): readonly RoomFact[] => [
  {
    type: 'room.connected',
    at,
    ...job.room,
    metadata: '',
    local: { identity: 'agent', sid: 'PA_agent' },
    participants,
  },
  { type: 'participant.active', at, ...ref },
  { type: 'track.subscribed', at, ...ref, trackSid },
  { type: 'participant.qualityChanged', at, ...ref, quality: 'excellent' },
];
