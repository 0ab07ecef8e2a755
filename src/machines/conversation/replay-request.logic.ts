import { isWhole, parseObject, type PlainObject } from './plain-object.logic.ts';

/** What a consumer of a conversation asks for on the topic `conversation_replay`. */
export type ReplayRequest = {
  /** The last place that it has: 0 asks for all that is kept. */
  readonly after: number;
  /** Its own identity. The answer goes to it alone. */
  readonly replyTo: string;
  /** Whose items, where there may be several conversation-monitors; null: of all of them. */
  readonly jobId: string | null;
};

export const toReplayRequest = ({ after, replyTo, jobId }: ReplayRequest): PlainObject => ({
  version: 1,
  after,
  reply_to: replyTo,
  ...(jobId !== null && { job_id: jobId }),
});

/** LiveKit takes no longer identity (livekit-server: `limit.max_participant_identity_length`). */
const MAX_IDENTITY_LENGTH = 256;

/** Null where it is none. */
export function readReplayRequest(text: string): ReplayRequest | null {
  const given = parseObject(text);
  if (given?.['version'] !== 1) return null;
  const { after, reply_to: replyTo, job_id: jobId = null } = given;
  if (!isWhole(after, 0, Number.MAX_SAFE_INTEGER)) return null;
  if (typeof replyTo !== 'string' || replyTo === '' || replyTo.length > MAX_IDENTITY_LENGTH) {
    return null;
  }
  if (jobId !== null && typeof jobId !== 'string') return null;
  return { after, replyTo, jobId };
}
