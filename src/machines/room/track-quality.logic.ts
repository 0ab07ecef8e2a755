import type { TrackStats } from '../events.ts';
import { lossShare, noPath, watchPath, type PathWatch } from '../session/quality.logic.ts';
import { noFrames, watchFrames, type FrameWatch } from '../session/video-track.logic.ts';

export type TrackReading = {
  /** Share of the packets of the last 5 s that were lost, 0 to 1. */
  readonly lossShare: number;
  readonly jitterMs: number;
  /** Decoded frames a second; 0 for audio. */
  readonly frameRateHz: number;
};

/** How well one track arrives: now, and at its worst. */
export type TrackQuality = {
  readonly path: PathWatch;
  readonly frames: FrameWatch;
  readonly last: TrackReading;
  /** Each figure by itself; the frame rate counts from the first frame on. */
  readonly worst: TrackReading;
};

export function watchQuality(
  quality: TrackQuality | null,
  stats: TrackStats,
  at: number,
): TrackQuality {
  const sample = { tracks: [stats], roundTripTimeMs: null, availableIncomingBitrate: null };
  const path = watchPath(quality?.path ?? noPath, sample);
  const frames = watchFrames(quality?.frames ?? noFrames, stats, at);
  const last: TrackReading = {
    lossShare: Math.round(lossShare(path) * 1_000) / 1_000,
    jitterMs: path.jitterMs,
    frameRateHz: frames.frameRateHz,
  };
  return { path, frames, last, worst: quality ? worse(quality.worst, last) : last };
}

const worse = (one: TrackReading, other: TrackReading): TrackReading => ({
  lossShare: Math.max(one.lossShare, other.lossShare),
  jitterMs: Math.max(one.jitterMs, other.jitterMs),
  frameRateHz:
    one.frameRateHz === 0 ? other.frameRateHz : Math.min(one.frameRateHz, other.frameRateHz),
});
