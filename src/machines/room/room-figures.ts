/** What room-analytics counts of a room, as reports and totals over all rooms need it. */
import type { EndReason, ParticipantKind, TrackSource } from '../events.ts';

export type RoomFigures = {
  /** Tells these figures from those of other agents. */
  readonly kind: 'room';
  readonly room: string;
  readonly roomSid: string;
  readonly state: 'active' | 'ended';
  /** When we joined: epoch milliseconds. */
  readonly startedAt: number;
  /** For how long the room has been watched. */
  readonly durationMs: number;
  /** Who is inside now, without agents and recorders. */
  readonly participants: number;
  readonly peakParticipants: number;
  /** Also of those who were there already. */
  readonly joins: number;
  readonly leaves: number;
  /** Different identities so far, at most 10,000. */
  readonly identities: number;
  /** False where there were more identities than are told apart: `identities` is the least then. */
  readonly identitiesAreExact: boolean;
  /** Published now. */
  readonly tracks: Readonly<Record<TrackSource, number>>;
  readonly peakTracks: number;
  /** Published so far. */
  readonly tracksPublished: number;
  /** Data messages, also those that were only counted; text streams are none of them. */
  readonly messages: number;
  readonly messageBytes: number;
};

/** The closing figures of a room. */
export type RoomSummary = Omit<RoomFigures, 'kind' | 'state'> & {
  readonly kind: 'room_summary';
  readonly endReason: EndReason;
  /** Of all kinds, agents and recorders among them. */
  readonly joinsByKind: Readonly<Partial<Record<ParticipantKind, number>>>;
  /** Published so far. */
  readonly tracksBySource: Readonly<Record<TrackSource, number>>;
  readonly subscriptionFailures: number;
  /** Of `messages`, those that were counted and not told one by one. */
  readonly messagesThrottled: number;
  readonly textStreams: number;
  /** Turns and speaking time of everybody, as the server says. */
  readonly turns: number;
  readonly speakingMs: number;
  readonly peakSpeakers: number;
  /** Removals that the participant limit made. */
  readonly removals: number;
  /** Who was there: the first 10,000 identities, by name. */
  readonly whoWasThere: readonly string[];
};
