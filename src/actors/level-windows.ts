import type { AudioFrame, Clock } from './ports.ts';

export type LevelWindow = { readonly rms: number; readonly at: number };

const WINDOW_MS = 100;
/** More than the jitter of a stream, less than anybody would call late. */
const MAX_DRIFT_MS = 500;
/** A busy event loop delivers late, and all at once: only what stays late has lost samples. */
const MAX_LATE_MS = 1_000;

/**
 * Cuts windows by counting samples, not by watching arrival, so that a burst of late frames gives
 * the windows that it would have given in time.
 *
 * The time of the first sample is read off the clock, and read again where the count has drifted from
 * it: samples were lost, or the publisher's clock runs at another speed. Times never go back.
 */
export class LevelWindows {
  readonly #clock: Pick<Clock, 'now'>;
  #endsAt: number | undefined;
  #lateSince: number | undefined;
  #sumOfSquares = 0;
  #samples = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Returns the windows that this frame completes: none, one, or several. */
  add({ samples, sampleRateHz }: AudioFrame): LevelWindow[] {
    // A frame arrives with its last sample.
    this.#endsAt ??= this.#clock.now() - (samples.length * 1000) / sampleRateHz;
    const windowSamples = Math.ceil((sampleRateHz * WINDOW_MS) / 1000);
    const completed: LevelWindow[] = [];
    for (let from = 0; from < samples.length;) {
      const to = Math.min(samples.length, from + windowSamples - this.#samples);
      this.#sumOfSquares += sumOfSquares(samples, from, to);
      this.#samples += to - from;
      from = to;
      if (this.#samples >= windowSamples) completed.push(this.#close(this.#endsAt));
    }
    return completed;
  }

  #close(previousEndsAt: number): LevelWindow {
    const rms = Math.sqrt(this.#sumOfSquares / this.#samples) / FULL_SCALE;
    this.#sumOfSquares = 0;
    this.#samples = 0;
    const at = this.#anchored(previousEndsAt + WINDOW_MS, previousEndsAt);
    this.#endsAt = at;
    return { rms: quantised(rms), at: Math.round(at) };
  }

  #anchored(countedAt: number, previousEndsAt: number): number {
    const now = this.#clock.now();
    const lateMs = now - countedAt;
    this.#lateSince = lateMs > MAX_DRIFT_MS ? (this.#lateSince ?? now) : undefined;
    const staysLate = this.#lateSince !== undefined && now - this.#lateSince >= MAX_LATE_MS;
    if (!staysLate && lateMs >= -MAX_DRIFT_MS) return countedAt;
    this.#lateSince = undefined;
    return Math.max(now, previousEndsAt + 1);
  }
}

const FULL_SCALE = 32_768;

/** Numbers alone, in a loop by index: four times as fast as the sum in a field, 16,000 times a second for each track. */
function sumOfSquares(samples: Int16Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 1) {
    const sample = samples[i] ?? 0;
    sum += sample * sample;
  }
  return sum;
}

/** Rounded before any machine sees it: the log then stores few digits and still replays exactly. */
const quantised = (rms: number): number => Math.round(rms * 10_000) / 10_000;
