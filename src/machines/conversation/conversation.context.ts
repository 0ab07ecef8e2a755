import type { DoneActorEvent } from 'xstate';
import type { AgentFact, ParticipantRef } from '../events.ts';
import type { AgentInput } from '../job/job.events.ts';
import type { TrackReport } from '../session/track.events.ts';
import { openFloor, type Floor, type SpeechEdge } from './floor.logic.ts';
import { emptyBuffer, type ItemBuffer } from './item-buffer.logic.ts';

/** The metadata of a job, after defaults. */
type ConversationMetadata = {
  readonly topics: {
    /** Data messages that are transcriptions. */
    readonly transcription: string;
    /** Data messages that are what an agent answers. */
    readonly agent_response: string;
  };
};

/** The settings of the process, by their environment names. Durations are milliseconds. */
type ConversationSettings = {
  readonly CONVERSATION_BUFFER_ITEMS: number;
  readonly CONVERSATION_BUFFER_AGE: number;
  readonly CONVERSATION_WEBHOOK: boolean;
  readonly SPEAKING_THRESHOLD: number;
};

export type ConversationInput = AgentInput<ConversationMetadata, ConversationSettings>;

/** A message on a topic of conversations that was none; without its text, which may name people. */
type WrongMessage = {
  readonly at: number;
  readonly sender: string | null;
  readonly topic: string;
  readonly problem: string;
};

type Departure = ParticipantRef & { readonly at: number };

export type ConversationContext = ConversationInput & {
  /** The latest time that was told of: machines have no other. */
  readonly heardAt: number;
  /** Identities of the agents inside that are not hidden; the latest 100. */
  readonly agents: readonly string[];
  /** Who left lately, in that order; more than 1,000 are not waited for. */
  readonly away: readonly Departure[];
  /** The microphones that are listened to, at most 500. */
  readonly voices: readonly { readonly trackSid: string; readonly identity: string }[];
  readonly unheardTracks: number;
  /** Not yet counted: those of the last seconds. A voice has at most one each second. */
  readonly edges: readonly SpeechEdge[];
  readonly settlingSince: number;
  /** When the figures were last told. */
  readonly reportedAt: number;
  readonly floor: Floor;
  /** Items so far. */
  readonly items: number;
  readonly buffer: ItemBuffer;
  /** Transcribed already: the latest 200. */
  readonly segments: readonly string[];
  readonly wrong: { readonly messages: number; readonly latest: readonly WrongMessage[] };
  /** Who was answered lately, and when. */
  readonly answers: readonly { readonly to: string; readonly at: number }[];
};

export type ConversationEvent =
  | AgentFact
  | TrackReport
  | DoneActorEvent
  /** There are items to send. */
  | { readonly type: 'items.added' }
  /** Items were dropped that nobody got. */
  | { readonly type: 'items.lost' }
  /** All that waited is sent. */
  | { readonly type: 'items.sent' };

export const openConversation = (input: ConversationInput): ConversationContext => ({
  ...input,
  heardAt: input.startedAt,
  agents: [],
  away: [],
  voices: [],
  unheardTracks: 0,
  edges: [],
  settlingSince: input.startedAt,
  reportedAt: input.startedAt,
  floor: openFloor(input.startedAt),
  items: 0,
  buffer: emptyBuffer,
  segments: [],
  wrong: { messages: 0, latest: [] },
  answers: [],
});
