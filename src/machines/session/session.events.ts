/** The words between a participant session and the agent that opened it. */
import type {
  AlertReport,
  ConnectionQuality,
  EndReason,
  MediaMode,
  RoomFact,
  RosterFact,
  StatsFact,
} from '../events.ts';

type At = { readonly at: number };

/** What a session hears: the room's facts about its own participant, and the room's state. */
export type SessionFact =
  | Exclude<RoomFact, { type: 'room.connected' | 'room.disconnected' | 'room.joinFailed' }>
  | RosterFact
  | StatsFact
  /** End now, for a reason that is not the session's own. */
  | (At & { readonly type: 'session.end'; readonly reason: EndReason });

export type QualityNotice = {
  readonly quality: ConnectionQuality;
  readonly previous: ConnectionQuality | 'unknown';
  readonly score: number;
  readonly reason: QualityReason;
};

/** What explains a change of quality: our own statistics where they show it. */
export type QualityReason =
  'packet_loss' | 'jitter' | 'round_trip_time' | 'bandwidth' | 'network_conditions';

/** What a session tells the agent that opened it. */
export type SessionReport =
  | (At & { readonly type: 'session.connected'; readonly sid: string })
  | (At & { readonly type: 'session.disconnected' })
  | (At & { readonly type: 'session.speechChanged'; readonly speaking: boolean })
  /** The quality alert opened or was resolved by a better quality. */
  | (At & { readonly type: 'session.qualityNoticed' } & QualityNotice)
  /** Whether media of any track flows to us, so that statistics say something. */
  | { readonly type: 'session.mediaChanged'; readonly flowing: boolean }
  | { readonly type: 'track.setMedia'; readonly trackSid: string; readonly mode: MediaMode }
  | { readonly type: 'roster.request' }
  | AlertReport;

/** The closing figures of one session. */
export type SessionSummary = {
  readonly identity: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly connectedMs: number;
  readonly speakingMs: number;
  /** Speaking time as a share of the connected time, 0 to 1. */
  readonly speakingShare: number;
  readonly turns: number;
  readonly tracks: number;
  readonly reconnects: number;
  readonly finalQuality: ConnectionQuality | 'unknown';
  readonly freezes: number;
  readonly alerts: number;
  readonly endReason: EndReason;
};

export type SessionOutput = { readonly reason: EndReason; readonly summary: SessionSummary };
