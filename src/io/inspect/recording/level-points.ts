import type { LevelLine } from '../protocol.ts';

type Point = LevelLine['points'][number];

/** More are no help: a timeline is some 2,000 pixels wide. */
const MAX_POINTS = 2_000;
/** An audio window is that long. */
const WINDOW_MS = 100;

/** A session's levels over time, in at most 2,000 points: where there are more, two become their greater. */
export class LevelPoints {
  #points: Point[] = [];
  #apartMs = WINDOW_MS;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** Before that nobody needs to look again. */
  get dueAt(): number {
    return this.#lastAt + WINDOW_MS;
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  /** @param at not before that of the last. */
  add(at: number, audioLevel: number, frameRateHz: number): void {
    this.#lastAt = at;
    const point: Point = [at, audioLevel, frameRateHz];
    const last = this.#points.at(-1);
    if (last && at < last[0] + this.#apartMs) this.#points.splice(-1, 1, greater(last, point));
    else this.#points.push(point);
    if (this.#points.length > MAX_POINTS) this.#halve();
  }

  #halve(): void {
    this.#apartMs *= 2;
    this.#points = this.#points.flatMap((point, index) => {
      const next = this.#points[index + 1];
      return index % 2 === 1 ? [] : [next ? greater(point, next) : point];
    });
  }
}

/** A short word between two silences must not be lost. */
const greater = (one: Point, other: Point): Point => [
  one[0],
  Math.max(one[1], other[1]),
  Math.max(one[2], other[2]),
];
