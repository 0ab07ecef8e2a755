/** Facts about one participant, as the tests of sessions, monitors and jobs say them. */
import type {
  ParticipantInfo,
  ParticipantRef,
  TrackInfo,
  TrackStats,
} from '../../src/machines/events.ts';
import type { SessionConfig } from '../../src/machines/session/session.context.ts';

export const T0 = 1_700_000_000_000;

export const alice: ParticipantRef = { identity: 'alice', sid: 'PA_1' };
export const aliceAgain: ParticipantRef = { identity: 'alice', sid: 'PA_2' };
export const bob: ParticipantRef = { identity: 'bob', sid: 'PA_bob' };

export const sessionConfig: SessionConfig = {
  inactivityTimeoutMs: 300_000,
  rosterTimeoutMs: 5_000,
  absentGraceMs: 2_000,
  reconnectHoldMs: 30_000,
  suspectPolls: 3,
  qualityThreshold: 0.5,
  longSessionMs: 4 * 3_600_000,
  maxTracks: 50,
  maxQualityChanges: 100,
  audio: { speakingThreshold: 0.01, hangoverMs: 1_000, windowMs: 100, stallPolls: 3 },
  video: { freezePolls: 2, noFramesMs: 10_000 },
};

const trackInfo = (track: Pick<TrackInfo, 'sid' | 'kind' | 'source'>): TrackInfo => ({
  name: track.source,
  muted: false,
  encrypted: false,
  mimeType: track.kind === 'audio' ? 'audio/opus' : 'video/VP8',
  ...track,
});

export const microphone = trackInfo({ sid: 'TR_mic', kind: 'audio', source: 'microphone' });
export const camera = trackInfo({ sid: 'TR_cam', kind: 'video', source: 'camera' });
export const screen = trackInfo({ sid: 'TR_screen', kind: 'video', source: 'screen_share' });
export const screenAudio = trackInfo({
  sid: 'TR_screen_audio',
  kind: 'audio',
  source: 'screen_share_audio',
});

export const participant = (
  ref: ParticipantRef = alice,
  more: Partial<ParticipantInfo> = {},
): ParticipantInfo => ({
  ...ref,
  name: ref.identity,
  kind: 'standard',
  metadata: '',
  attributes: {},
  active: false,
  tracks: [],
  ...more,
});

export const statsOf = (
  trackSid: string,
  packetsReceived: number,
  more: Partial<TrackStats> = {},
): TrackStats => ({
  trackSid,
  packetsReceived,
  packetsLost: 0,
  jitterMs: 0,
  framesDecoded: 0,
  width: 0,
  height: 0,
  ...more,
});
