/** What conversation-monitor counts of a conversation, as reports and totals over all rooms need it. */
import type { EndReason } from '../events.ts';

export type SpeakerFigures = {
  /** Empty: all those together who first spoke after 500 others. */
  readonly participant: string;
  readonly talkMs: number;
  /** Of all talk in the conversation: 0 to 1. */
  readonly talkShare: number;
  readonly turns: number;
  /** For how long of it somebody else spoke too. */
  readonly overlapMs: number;
  /** How often this participant interrupted somebody. */
  readonly interruptions: number;
  /** How often somebody interrupted this participant. */
  readonly interrupted: number;
};

export type ConversationFigures = {
  /** Tells these figures from those of other agents. */
  readonly kind: 'conversation';
  readonly room: string;
  /** When we joined: epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** So far; also those that are not kept any more. */
  readonly items: number;
  /** Never sent, because too many waited for our connection. */
  readonly itemsLost: number;
  /** Data messages on the topics of a conversation that were none. */
  readonly wrongMessages: number;
  /** Microphones that cannot be heard: end-to-end encrypted, refused, or more than 500. */
  readonly unheardTracks: number;
  /** Who spoke so far; the later ones than 500 count as one. */
  readonly speakers: number;
  readonly talkMs: number;
  readonly turns: number;
  /** For how long two or more spoke at once. */
  readonly overlapMs: number;
  readonly interruptions: number;
  /** Between two turns. */
  readonly longestSilenceMs: number;
  /**
   * From the end of somebody's turn to the beginning of another's; negative where they overlapped.
   * Right within 25 ms; null before the first.
   */
  readonly responseGapMs: { readonly median: number | null; readonly p95: number | null };
  /** Those who talked most, at most 20. */
  readonly participants: readonly SpeakerFigures[];
};

/** The closing figures, with all who spoke. */
export type ConversationSummary = Omit<ConversationFigures, 'kind'> & {
  readonly kind: 'conversation_summary';
  readonly endReason: EndReason;
};
