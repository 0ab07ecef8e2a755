import type { ConnectionQuality } from '../events.ts';
import type { OpenAlerts } from './alerts.logic.ts';
import type { Cameras } from './cameras.logic.ts';
import { unarmed, type PresenceWatch } from './presence.logic.ts';
import { noPath, type PathWatch, type QualityChange } from './quality.logic.ts';
import type { MediaWatch, SessionTrack } from './session-tracks.logic.ts';
import type { SessionOutput } from './session.events.ts';
import { noTotals, type Totals } from './totals.logic.ts';
import type { AudioTrackConfig, VideoTrackConfig } from './track.events.ts';

export type SessionConfig = {
  readonly inactivityTimeoutMs: number;
  /** How long the server's participant list may take before it counts as not naming anybody. */
  readonly rosterTimeoutMs: number;
  /** How long a leave may turn out to be a reconnect. */
  readonly absentGraceMs: number;
  /** How long a leave is held while our own connection is reconnecting. */
  readonly reconnectHoldMs: number;
  /** Polls in a row without any packet before a participant is suspect. */
  readonly suspectPolls: number;
  /** Score, 0 to 1: below it the quality alert opens. */
  readonly qualityThreshold: number;
  readonly longSessionMs: number;
  /** Tracks beyond it are not followed. */
  readonly maxTracks: number;
  /** Changes of quality that are kept; the oldest are dropped. */
  readonly maxQualityChanges: number;
  readonly audio: AudioTrackConfig;
  readonly video: VideoTrackConfig;
};

export type ParticipantSessionInput = {
  readonly identity: string;
  readonly startedAt: number;
  readonly watch: MediaWatch;
  readonly endOnDisconnect: boolean;
  readonly config: SessionConfig;
};

export type ParticipantSessionContext = ParticipantSessionInput & {
  /** Since when the participant is awaited, or awaited anew. */
  readonly awaitedAt: number;
  /** The connection followed now, or last; null before the first. */
  readonly sid: string | null;
  readonly isAgent: boolean;
  readonly totals: Totals;
  readonly tracks: readonly SessionTrack[];
  /** Tracks that ended: our own reconnect brings them back under the same SID. */
  readonly endedTracks: readonly string[];
  readonly speakingTracks: readonly string[];
  /** What the video region tells of: it flows while any of them does. */
  readonly cameras: Cameras;
  readonly quality: ConnectionQuality | 'unknown';
  readonly qualityChanges: readonly QualityChange[];
  readonly path: PathWatch;
  readonly presence: PresenceWatch;
  readonly ownConnection: 'up' | 'reconnecting';
  /** When the participant was seen to leave. */
  readonly absentAt: number;
  /** Since when a leave has been given its time: from itself, or from a change of our own connection. */
  readonly graceAt: number;
  /** When the leave turned out to be one. */
  readonly goneAt: number;
  readonly alerts: OpenAlerts;
  readonly ended: SessionOutput | null;
};

export const newSession = (input: ParticipantSessionInput): ParticipantSessionContext => ({
  ...input,
  awaitedAt: input.startedAt,
  sid: null,
  isAgent: false,
  totals: noTotals(input.startedAt),
  tracks: [],
  endedTracks: [],
  speakingTracks: [],
  cameras: {},
  quality: 'unknown',
  qualityChanges: [],
  path: noPath,
  presence: unarmed(input.startedAt),
  ownConnection: 'up',
  absentAt: input.startedAt,
  graceAt: input.startedAt,
  goneAt: input.startedAt,
  alerts: {},
  ended: null,
});
