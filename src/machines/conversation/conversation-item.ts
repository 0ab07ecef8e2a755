/** What is sent on the topic `conversation_analysis`, one JSON object a message (product: conversation-monitor). */

export type ConversationItemType = 'event' | 'transcription' | 'agent_response' | 'turn';

/** What more is known of an item: flat, so that nobody's nesting reaches a log or a machine. */
export type ItemMetadata = Readonly<Record<string, string | number | boolean | null>>;

/** Something said or done in a conversation. */
export type ConversationItem = {
  /** Its place in the conversation, from 1, without gaps: who misses one can ask for it. */
  readonly seq: number;
  /** The identity; empty where nobody in particular is meant. */
  readonly participant: string;
  readonly content: string;
  /** Epoch milliseconds; on the wire `timestamp`, ISO 8601. */
  readonly at: number;
  readonly type: ConversationItemType;
  readonly metadata: ItemMetadata;
};

export const ANALYSIS_TOPIC = 'conversation_analysis';
/** Where a consumer that came late, or misses items, asks for them: `{after, reply_to}`. */
export const REPLAY_TOPIC = 'conversation_replay';
/** What a conversation-analyst answers with. */
export const INSIGHTS_TOPIC = 'conversation_insights';
