import { z } from 'zod';
import type { ConversationSummary } from '../../machines/conversation/conversation-figures.ts';
import { endReasonSchema } from '../session-summary.codec.ts';

const count = z.number().nonnegative();
const gapMs = z.number().nullable();

/** Tells the closing figures of a conversation from those of any other agent. */
export const conversationSummarySchema: z.ZodType<ConversationSummary> = z.object({
  kind: z.literal('conversation_summary'),
  room: z.string(),
  startedAt: count,
  durationMs: count,
  items: count,
  itemsLost: count,
  wrongMessages: count,
  unheardTracks: count,
  speakers: count,
  talkMs: count,
  turns: count,
  overlapMs: count,
  interruptions: count,
  longestSilenceMs: count,
  responseGapMs: z.object({ median: gapMs, p95: gapMs }),
  participants: z.array(
    z.object({
      participant: z.string(),
      talkMs: count,
      talkShare: count,
      turns: count,
      overlapMs: count,
      interruptions: count,
      interrupted: count,
    }),
  ),
  endReason: endReasonSchema,
});
