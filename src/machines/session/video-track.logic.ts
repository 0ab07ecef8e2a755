import type { TrackStats } from '../events.ts';

/** What the polls of one video track add up to. Times are epoch milliseconds of polls. */
export type FrameWatch = {
  readonly framesTotal: number;
  readonly lastFrameAt: number | null;
  readonly frameRateHz: number;
  readonly emptyPolls: number;
  readonly width: number;
  readonly height: number;
  /** The last two polls: a rate over one alone would jump with their jitter. */
  readonly recentPolls: readonly { readonly at: number; readonly framesDecoded: number }[];
};

export const noFrames: FrameWatch = {
  framesTotal: 0,
  lastFrameAt: null,
  frameRateHz: 0,
  emptyPolls: 0,
  width: 0,
  height: 0,
  recentPolls: [],
};

const RECENT_POLLS = 2;
/** Publishers send sizes of 8x8 for a moment when a track ends. */
const LEAST_SIZE = 16;

/** Frames since the last poll. Counters begin anew with a new subscription. */
export function newFramesOf({ recentPolls }: FrameWatch, { framesDecoded }: TrackStats): number {
  const before = recentPolls.at(-1)?.framesDecoded ?? 0;
  return framesDecoded < before ? framesDecoded : framesDecoded - before;
}

export function watchFrames(watch: FrameWatch, stats: TrackStats, at: number): FrameWatch {
  const { framesDecoded, width, height } = stats;
  const newFrames = newFramesOf(watch, stats);
  const isRestarted = framesDecoded < (watch.recentPolls.at(-1)?.framesDecoded ?? 0);
  const isSized = width >= LEAST_SIZE && height >= LEAST_SIZE;
  const oldest = isRestarted ? undefined : watch.recentPolls.at(0);
  return {
    framesTotal: watch.framesTotal + newFrames,
    lastFrameAt: newFrames > 0 ? at : watch.lastFrameAt,
    frameRateHz:
      oldest && at > oldest.at ? rate(framesDecoded - oldest.framesDecoded, at - oldest.at) : 0,
    emptyPolls: newFrames > 0 ? 0 : watch.emptyPolls + 1,
    width: isSized ? width : watch.width,
    height: isSized ? height : watch.height,
    recentPolls: [...(isRestarted ? [] : watch.recentPolls), { at, framesDecoded }].slice(
      -RECENT_POLLS,
    ),
  };
}

/** Frames a second, to a tenth. */
const rate = (frames: number, durationMs: number): number =>
  Math.round((frames * 10_000) / durationMs) / 10;

/** A muted camera has no rate, and its next frame starts a new count of empty polls. */
export const pauseFrames = (watch: FrameWatch): FrameWatch => ({
  ...watch,
  frameRateHz: 0,
  emptyPolls: 0,
  recentPolls: watch.recentPolls.slice(-1),
});
