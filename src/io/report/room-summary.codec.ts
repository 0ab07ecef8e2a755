import { z } from 'zod';
import type { RoomSummary } from '../../machines/room/room-figures.ts';
import { endReasonSchema } from '../session-summary.codec.ts';

const count = z.number().nonnegative();

const tracksBySource = z.object({
  unknown: count,
  camera: count,
  microphone: count,
  screen_share: count,
  screen_share_audio: count,
});

/** Tells the closing figures of a room from those of any other agent. */
export const roomSummarySchema: z.ZodType<RoomSummary> = z.object({
  kind: z.literal('room_summary'),
  room: z.string(),
  roomSid: z.string(),
  startedAt: count,
  durationMs: count,
  participants: count,
  peakParticipants: count,
  joins: count,
  leaves: count,
  identities: count,
  identitiesAreExact: z.boolean(),
  tracks: tracksBySource,
  peakTracks: count,
  tracksPublished: count,
  messages: count,
  messageBytes: count,
  endReason: endReasonSchema,
  joinsByKind: z.partialRecord(
    z.enum(['standard', 'ingress', 'egress', 'sip', 'agent', 'connector', 'bridge']),
    count,
  ),
  tracksBySource,
  subscriptionFailures: count,
  messagesThrottled: count,
  textStreams: count,
  turns: count,
  speakingMs: count,
  peakSpeakers: count,
  removals: count,
  whoWasThere: z.array(z.string()),
});
