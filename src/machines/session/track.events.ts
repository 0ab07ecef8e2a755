/** The words between a participant session and its track actors. */
import type { LevelFact, TrackInfo, TrackStats } from '../events.ts';

type At = { readonly at: number };

/** What a session tells each of its tracks. */
export type TrackFact =
  | (At & { readonly type: 'track.subscribed' })
  | (At & { readonly type: 'track.unsubscribed' })
  | (At & { readonly type: 'track.subscriptionFailed' })
  | (At & { readonly type: 'track.muted' })
  | (At & { readonly type: 'track.unmuted' })
  | (At & { readonly type: 'track.unpublished' })
  /** The track's share of one poll. */
  | (At & { readonly type: 'track.polled'; readonly stats: TrackStats })
  /** Whether the server's list of active speakers names the participant. */
  | (At & { readonly type: 'speakers.changed'; readonly speaking: boolean });

export type AudioTrackEvent = TrackFact | LevelFact;

type Report = At & { readonly trackSid: string };

/** What a track tells its session. */
export type TrackReport =
  /** `at` is the beginning of the first loud window. */
  | (Report & { readonly type: 'track.speechStarted' })
  /** `at` is the end of the last loud window, not of the hangover after it. */
  | (Report & { readonly type: 'track.speechEnded' })
  /** Its speech cannot be heard: encrypted, or the subscription or the levels failed. */
  | (Report & { readonly type: 'track.speechUnavailable' })
  | (Report & { readonly type: 'track.framesFlowed' })
  /** `at` is the time of the last frame. */
  | (Report & { readonly type: 'track.framesStopped' })
  /** A published and unmuted camera has not given a frame for so long. */
  | (Report & { readonly type: 'track.framesMissed'; readonly missingMs: number })
  /** Muted, unpublished or not readable: neither flowing nor frozen. */
  | (Report & { readonly type: 'track.framesNotDue' });

/** Where the speech of an audio track comes from: our own level windows, the server, or nowhere. */
export type SpeechSource = 'levels' | 'server' | 'none';

export type AudioTrackConfig = {
  /** Linear RMS, 0 to 1: a window above it is loud. */
  readonly speakingThreshold: number;
  /** Silent again after this long at or below the threshold. */
  readonly hangoverMs: number;
  readonly windowMs: number;
  /** Polls in a row without a packet before an unmuted track is stalled. */
  readonly stallPolls: number;
};

export type VideoTrackConfig = {
  /** Polls in a row without a decoded frame before a flowing camera is frozen. */
  readonly freezePolls: number;
  readonly noFramesMs: number;
};

export type TrackInput = { readonly track: TrackInfo; readonly at: number };
