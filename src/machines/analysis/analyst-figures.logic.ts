import type { ConversationAnalystContext } from './analyst.context.ts';
import { mergedFindings } from './conversation-report.logic.ts';

/** How things stand, for the report over all rooms. */
export const figuresOf = ({ stream, refusals, intake, unsent }: ConversationAnalystContext) => ({
  kind: 'conversation_analysis',
  items: stream.counts,
  refused: { forged: refusals.forged, malformed: refusals.malformed },
  unsent,
  waiting: intake.queue.length,
  ...mergedFindings(intake.report),
});

/** The report of a whole conversation. */
export const summaryOf = (context: ConversationAnalystContext) => ({
  ...figuresOf(context),
  endReason: context.endReason,
  startedAt: context.startedAt,
  durationMs: Math.max(0, context.now - context.startedAt),
  notes: context.intake.report.windows.unfinished > 0 ? ['last window not analysed'] : [],
});
