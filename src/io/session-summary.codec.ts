import { z } from 'zod';
import type { SessionSummary } from '../machines/session/session.events.ts';

export const endReasonSchema = z.enum([
  'participant_left',
  'participant_never_connected',
  'room_deleted',
  'room_closed',
  'agent_removed',
  'duplicate_identity',
  'dispatch_deleted',
  'connection_lost',
  'join_failed',
  'drained',
  'max_duration',
  'duplicate',
  'agent_error',
]);

/** Tells the closing figures of a participant session from those of any other agent. */
export const sessionSummarySchema: z.ZodType<SessionSummary> = z.object({
  identity: z.string(),
  startedAt: z.number(),
  durationMs: z.number(),
  connectedMs: z.number(),
  speakingMs: z.number(),
  speakingShare: z.number(),
  turns: z.number(),
  tracks: z.number(),
  reconnects: z.number(),
  finalQuality: z.enum(['unknown', 'excellent', 'good', 'poor', 'lost']),
  freezes: z.number(),
  alerts: z.number(),
  endReason: endReasonSchema,
});
