import type { RoomFact } from '../events.ts';
import { isFromAgent } from './agent-message.logic.ts';
import { ANALYSIS_TOPIC } from './conversation-item.ts';
import type { ConversationContext as Context } from './conversation.context.ts';
import type { Decision } from './conversation.logic.ts';
import { sentAfter } from './item-buffer.logic.ts';
import { toMessages } from './item-message.logic.ts';
import { readReplayRequest, type ReplayRequest } from './replay-request.logic.ts';

type DataReceived = Extract<RoomFact, { type: 'data.received' }>;

/** Nobody is answered more often. */
const ANSWER_EVERY_MS = 2_000;
/** Within that time no more than these are answered: an answer may be 1,000 messages. */
const MAX_ANSWERS = 5;

/**
 * The request of an agent that may ask now. Anybody else hears the items as they come, and nothing of
 * what was said before they came.
 */
function requestOf(context: Context, fact: DataReceived): ReplayRequest | null {
  const { at, text } = fact;
  if (!isFromAgent(fact, context.agents)) return null;
  const request = text === null ? null : readReplayRequest(text);
  if (request === null) return null;
  const { jobId, replyTo } = request;
  if (jobId !== null && jobId !== context.job.jobId) return null;
  const recent = recentAnswers(context, at);
  const isTooSoon = recent.some(({ to }) => to === replyTo) || recent.length >= MAX_ANSWERS;
  return isTooSoon ? null : request;
}

const recentAnswers = ({ answers }: Context, at: number): Context['answers'] =>
  answers.filter((answer) => at - answer.at < ANSWER_EVERY_MS);

/** Sends what was sent before, to who asked for it alone. */
export function answerReplay(context: Context, fact: DataReceived): Decision {
  const request = requestOf(context, fact);
  if (request === null) return { context, reports: [] };
  const { agent, jobId } = context.job;
  const { replyTo, after } = request;
  const { at } = fact;
  return {
    context: { ...context, answers: [...recentAnswers(context, at), { to: replyTo, at }] },
    reports: sentAfter(context.buffer, after).flatMap((item) =>
      toMessages(item, { agent, jobId }).map((payload) => ({
        type: 'data.publish' as const,
        topic: ANALYSIS_TOPIC,
        payload,
        to: [replyTo],
        sealed: true as const,
      })),
    ),
  };
}
