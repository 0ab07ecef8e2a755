import { z } from 'zod';
import type { ConversationInsights } from '../machines/analysis/insights.logic.ts';

const share = z.number().min(-1).max(1);
const time = z.iso.datetime();

/** What conversation-analyst sends on the topic `conversation_insights`, for those who read it. */
export const conversationInsights: z.ZodType<ConversationInsights> = z.object({
  type: z.literal('conversation_insights'),
  version: z.literal(1),
  agent: z.string(),
  job_id: z.string(),
  window: z.object({
    number: z.int(),
    items: z.int(),
    from_seq: z.int().nullable(),
    to_seq: z.int().nullable(),
    from: time.nullable(),
    to: time.nullable(),
  }),
  outcome: z.enum(['analysed', 'failed', 'nonsense', 'skipped', 'unfinished', 'nothing_said']),
  engine: z.string().nullable(),
  fallback: z.string(),
  sentiment: z.object({ overall: share, participants: z.record(z.string(), share) }).nullable(),
  topics: z.array(z.string()),
  intents: z.array(
    z.object({ participant: z.string(), intent: z.string(), confidence: z.number().min(0).max(1) }),
  ),
  summary: z.string(),
  notes: z.array(z.enum(['not_english', 'shortened'])),
  compliance: z.array(
    z.object({
      rule: z.string(),
      severity: z.enum(['info', 'warning', 'critical']),
      finding: z.enum(['said', 'not_said']),
      at: time,
      participant: z.string(),
      seq: z.int().nullable(),
      quote: z.string(),
      start: z.int(),
      end: z.int(),
    }),
  ),
  shortened: z.boolean(),
});
