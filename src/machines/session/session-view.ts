import type { Alert, ConnectionQuality } from '../events.ts';
import { openAlertsOf } from './alerts.logic.ts';
import type { AudioTrackSnapshot } from './audio-track.machine.ts';
import type { ParticipantSessionSnapshot } from './participant-session.machine.ts';
import { trackActorId } from './participant-session.setup.ts';
import { qualityScore } from './quality.logic.ts';
import type { SessionTrack } from './session-tracks.logic.ts';
import type { VideoTrackSnapshot } from './video-track.machine.ts';

type TrackView = Pick<SessionTrack, 'sid' | 'kind' | 'source' | 'muted'> & {
  readonly state: string;
};

/** What is to be seen of a participant session at one moment. Times are epoch milliseconds. */
export type ParticipantView = {
  readonly identity: string;
  /** The connection followed now, or last; null before the first. */
  readonly sid: string | null;
  readonly state: 'awaitingParticipant' | 'connected' | 'disconnected' | 'ended';
  /** The regions of `connected`; null outside it. */
  readonly presence: 'present' | 'suspect' | 'absent' | null;
  readonly speech: 'silent' | 'speaking' | null;
  readonly video: 'off' | 'flowing' | 'frozen' | null;
  readonly quality: ConnectionQuality | 'unknown' | null;
  /** 0 to 1; null while the quality is unknown. */
  readonly qualityScore: number | null;
  /** RMS of the microphone's last window, 0 to 1. */
  readonly audioLevel: number;
  readonly speakingMs: number;
  readonly turns: number;
  readonly frameRateHz: number;
  readonly framesTotal: number;
  readonly lastFrameAt: number | null;
  readonly freezes: number;
  readonly tracks: readonly TrackView[];
  readonly reconnects: number;
  readonly alerts: readonly Alert[];
};

export function participantView(snapshot: ParticipantSessionSnapshot): ParticipantView {
  const { identity, sid, totals, tracks, quality, alerts } = snapshot.context;
  const { speakingMs, turns, freezes, reconnects } = totals;
  const trackSnapshots = tracks.map((track) => ({
    track,
    snapshot: trackSnapshot(snapshot, track),
  }));
  const audio = trackSnapshots.find(({ track }) => track.source === 'microphone')?.snapshot;
  const cameras = trackSnapshots.filter(({ track }) => track.source === 'camera');
  const shown = cameras.find(({ track }) => snapshot.context.cameras[track.sid] === 'flowing');
  const video = (shown ?? cameras[0])?.snapshot;
  const frames = video && 'frames' in video.context ? video.context.frames : null;
  const states = statesOf(snapshot);
  // A new connection has no quality yet; the last one's is shown again once it has ended.
  const isKnown = quality !== 'unknown' && states.quality !== 'unknown';
  return {
    identity,
    sid,
    ...states,
    qualityScore: isKnown ? qualityScore[quality] : null,
    audioLevel: audio && 'level' in audio.context ? audio.context.level : 0,
    speakingMs: speakingMs + runningTurnMs(snapshot, audio),
    turns,
    frameRateHz: frames?.frameRateHz ?? 0,
    framesTotal: frames?.framesTotal ?? 0,
    lastFrameAt: frames?.lastFrameAt ?? null,
    freezes,
    tracks: trackSnapshots.map(({ track, snapshot: own }) => ({
      sid: track.sid,
      kind: track.kind,
      source: track.source,
      muted: track.muted,
      state: own ? innermost(own.value) : 'ended',
    })),
    reconnects,
    alerts: openAlertsOf(alerts),
  };
}

type TrackSnapshot = AudioTrackSnapshot | VideoTrackSnapshot;

const trackSnapshot = (
  { children }: ParticipantSessionSnapshot,
  { sid }: SessionTrack,
): TrackSnapshot | undefined => children[trackActorId(sid)]?.getSnapshot();

function statesOf({
  value,
}: ParticipantSessionSnapshot): Pick<
  ParticipantView,
  'state' | 'presence' | 'speech' | 'video' | 'quality'
> {
  const outside = { presence: null, speech: null, video: null, quality: null };
  if (typeof value === 'string') return { state: value, ...outside };
  if (!('connected' in value)) return { state: 'awaitingParticipant', ...outside };
  const { presence, speech, video, quality } = value.connected;
  const isAbsent = typeof presence === 'object';
  return {
    state: 'connected',
    presence: isAbsent ? 'absent' : presence,
    speech,
    video,
    quality,
  };
}

/** The part of the present turn that is certain: to its last loud window. */
function runningTurnMs(
  { context: { totals } }: ParticipantSessionSnapshot,
  audio: TrackSnapshot | undefined,
): number {
  if (totals.turnStartedAt === null || !audio || !('lastLoudAt' in audio.context)) return 0;
  return Math.max(0, audio.context.lastLoudAt - totals.turnStartedAt);
}

type NestedState = string | { readonly [key: string]: NestedState | undefined };

function innermost(value: NestedState): string {
  if (typeof value === 'string') return value;
  const inner = Object.values(value)[0];
  return inner === undefined ? '' : innermost(inner);
}
