/** What is said to an agent of a conversation, as the items that others get of it. */
import type { ParticipantKind, RoomFact } from '../events.ts';
import { isFromAgent } from './agent-message.logic.ts';
import type { ConversationItem, ConversationItemType } from './conversation-item.ts';
import type { Turn } from './floor.logic.ts';
import { parseObject } from './plain-object.logic.ts';

/** An item before it has its place in the conversation. */
export type HeardItem = Omit<ConversationItem, 'seq'>;

/** `wrong`: what is no such message, in a few words of our own. Null: nothing to tell. */
export type Heard =
  | { readonly type: 'item'; readonly item: HeardItem }
  | { readonly type: 'wrong'; readonly problem: string }
  | null;

type DataReceived = Extract<RoomFact, { type: 'data.received' }>;
type TextReceived = Extract<RoomFact, { type: 'text.received' }>;

/** LiveKit's own transcriptions: docs.livekit.io/agents/multimodality/text, "Transcriptions". */
export const TRANSCRIPTION_STREAMS = 'lk.transcription';

type Presence = {
  readonly at: number;
  readonly identity: string;
  readonly event: 'present' | 'joined' | 'left';
  /** Not known any more of somebody who left. */
  readonly kind: ParticipantKind | null;
};

export const presenceItem = ({ at, identity, event, kind }: Presence): HeardItem => ({
  participant: identity,
  content: event,
  at,
  type: 'event',
  metadata: { event, ...(kind !== null && { kind }) },
});

export const turnItem = ({ identity, startedAt, endedAt, overlapMs }: Turn): HeardItem => ({
  participant: identity,
  content: `spoke for ${((endedAt - startedAt) / 1_000).toFixed(1)} s`,
  at: endedAt,
  type: 'turn',
  metadata: {
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    durationMs: Math.round(endedAt - startedAt),
    overlapMs: Math.round(overlapMs),
  },
});

/**
 * A data message: plain text, or JSON `{text | content, participant?}`. What begins like an object or
 * a list must be such an object.
 *
 * Somebody who is no agent speaks for nobody else. For whom a sender without a name says to speak is not
 * believed without a seal, but kept as `claimed`.
 */
export function readData(
  fact: DataReceived,
  type: ConversationItemType,
  agents: readonly string[],
): Heard {
  const { at, sender, topic, text, truncated } = fact;
  if (text === null) return { type: 'wrong', problem: 'not UTF-8' };
  const isPlain = !/^\s*[{[]/.test(text);
  const given = isPlain ? { text } : parseObject(text);
  if (given === null) {
    return { type: 'wrong', problem: truncated ? 'larger than 16 KiB' : 'not a JSON object' };
  }
  const { text: said, content = said, participant = null } = given;
  if (typeof content !== 'string' || content.trim() === '') {
    return { type: 'wrong', problem: 'neither text nor content is a text' };
  }
  if (participant !== null && !isIdentity(participant)) {
    return { type: 'wrong', problem: 'participant is not an identity' };
  }
  const own = sender?.identity ?? '';
  const speaker = participant !== null && isFromAgent(fact, agents) ? participant : own;
  return {
    type: 'item',
    item: {
      participant: speaker,
      content,
      at,
      type,
      metadata: {
        sender: sender?.identity ?? null,
        topic: clipped(topic),
        ...(participant !== null && speaker === '' && { claimed: participant }),
        ...(truncated && { truncated }),
      },
    },
  };
}

/** What is known of who is behind a transcription. */
export type Transcribed = {
  readonly ownerOf: (trackSid: string) => string | undefined;
  readonly isAgent: (identity: string) => boolean;
};

/**
 * A finished text stream of LiveKit's own transcriptions.
 *
 * Interim ones replace each other until the final one (`lk.transcription_final`). What an agent says
 * itself comes as one stream that is whole once it ends, and whose beginning could not yet call it
 * final (livekit/agents: `_ParticipantStreamTranscriptionOutput`).
 *
 * Anybody may name anybody's track; who is no agent speaks for nobody else. A stream without a sender is
 * that of a hidden one: the server writes the name of everybody else into it, but for agents, who may
 * write another's (livekit-server 1.13.5 pkg/rtc/participant.go:2590).
 */
export function readTextStream(
  { at, senderIdentity, text, truncated, attributes }: TextReceived,
  { ownerOf, isAgent }: Transcribed,
): { readonly segment: string; readonly item: HeardItem } | null {
  const speaksForOthers = senderIdentity === '' || isAgent(senderIdentity);
  const trackSid = attributes['lk.transcribed_track_id'] ?? '';
  const owner = speaksForOthers ? ownerOf(trackSid) : undefined;
  const participant = owner ?? senderIdentity;
  const isInterim = attributes['lk.transcription_final'] === 'false' && !isAgent(participant);
  if (isInterim || text.trim() === '') return null;
  const segment = clipped(attributes['lk.segment_id'] ?? '');
  return {
    segment,
    item: {
      participant,
      content: text,
      at,
      type: isAgent(participant) ? 'agent_response' : 'transcription',
      metadata: {
        sender: senderIdentity === '' ? null : senderIdentity,
        topic: TRANSCRIPTION_STREAMS,
        ...(segment !== '' && { segment }),
        ...(truncated && { truncated }),
      },
    },
  };
}

/** Anybody may write anything into a topic or an attribute. */
const MAX_WORD_LENGTH = 128;

const clipped = (word: string): string => word.slice(0, MAX_WORD_LENGTH);

const isIdentity = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 256;
