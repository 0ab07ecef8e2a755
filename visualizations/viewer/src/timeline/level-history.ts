import type { LevelLine, LevelSample } from '../../../../src/io/inspect/protocol.ts';

/** Samples of one session, oldest first; each list has one value for each time. */
export type LevelSeries = {
  readonly at: readonly number[];
  readonly audioLevel: readonly number[];
  readonly frameRateHz: readonly number[];
};

type KeptSeries = { at: number[]; audioLevel: number[]; frameRateHz: number[] };

const KEPT_MS = 10 * 60_000;
/** Ten minutes at the pace in which levels come. */
const MAX_POINTS = 6_000;
const MAX_SYSTEMS = 100;

/**
 * Levels of the sessions of a room.
 *
 * Limits: the last ten minutes and 6,000 samples of each session; 100 sessions, later ones have none.
 */
export class LevelHistory {
  readonly #series = new Map<string, KeptSeries>();

  /** Null where nothing was measured. */
  of(system: string): LevelSeries | null {
    return this.#series.get(system) ?? null;
  }

  get systems(): readonly string[] {
    return [...this.#series.keys()];
  }

  begin(lines: readonly LevelLine[]): void {
    this.#series.clear();
    for (const { system, points } of lines) {
      const series = this.#seriesOf(system);
      for (const [at, audioLevel, frameRateHz] of points.slice(-MAX_POINTS)) {
        add(series, at, audioLevel, frameRateHz);
      }
    }
  }

  take(at: number, levels: readonly LevelSample[]): void {
    for (const { system, audioLevel, frameRateHz } of levels) {
      const series = this.#seriesOf(system);
      // After a jump backwards the past is measured anew.
      if ((series.at.at(-1) ?? 0) > at) drop(series, series.at.length);
      add(series, at, audioLevel, frameRateHz);
      const old = series.at.findIndex((time) => time >= at - KEPT_MS);
      drop(series, Math.max(old, series.at.length - MAX_POINTS));
    }
  }

  #seriesOf(system: string): KeptSeries {
    const known = this.#series.get(system);
    if (known) return known;
    const series: KeptSeries = { at: [], audioLevel: [], frameRateHz: [] };
    if (this.#series.size < MAX_SYSTEMS) this.#series.set(system, series);
    return series;
  }
}

function add(series: KeptSeries, at: number, audioLevel: number, frameRateHz: number): void {
  series.at.push(at);
  series.audioLevel.push(audioLevel);
  series.frameRateHz.push(frameRateHz);
}

function drop(series: KeptSeries, count: number): void {
  if (count <= 0) return;
  series.at.splice(0, count);
  series.audioLevel.splice(0, count);
  series.frameRateHz.splice(0, count);
}

/** Samples of a part of the time; null stands where nothing was measured, which is not silence. */
export type LevelPart = readonly [number[], (number | null)[], (number | null)[]];

const GAP_MS = 3_000;

/** What of a series is to be drawn between two times, with the samples just outside of them. */
export function levelPart({ at, audioLevel, frameRateHz }: LevelSeries, view: Span): LevelPart {
  const inside = at.findIndex((time) => time >= view.from);
  const first = Math.max(0, (inside < 0 ? at.length : inside) - 1);
  const behind = at.findLastIndex((time) => time <= view.to) + 2;
  const part: LevelPart = [[], [], []];
  for (let index = first; index < Math.min(behind, at.length); index += 1) {
    const time = at[index] ?? 0;
    const last = part[0].at(-1) ?? time;
    if (time - last > GAP_MS) put(part, last + 1, null, null);
    put(part, time, audioLevel[index] ?? null, frameRateHz[index] ?? null);
  }
  return part;
}

type Span = { readonly from: number; readonly to: number };

function put(
  [at, levels, rates]: LevelPart,
  time: number,
  level: number | null,
  rate: number | null,
): void {
  at.push(time);
  levels.push(level);
  rates.push(rate);
}
