import type { LevelLine } from '../protocol.ts';

type Point = LevelLine['points'][number];

/** More are no help: a timeline is some 2,000 pixels wide. */
const MAX_POINTS = 2_000;
/** An audio window is that long. */
const FIRST_APART_MS = 100;

/** A session's levels over time, in at most 2,000 points: where there are more, two become their greater. */
export class LevelPoints {
  #points: Point[] = [];
  #apartMs = FIRST_APART_MS;

  /** A point is kept at most so often; whoever looks more often looks for nothing. */
  get dueAt(): number {
    const last = this.#points.at(-1);
    return last ? last[0] + this.#apartMs : Number.NEGATIVE_INFINITY;
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  /** @param at not before that of the last. */
  add(at: number, audioLevel: number, frameRateHz: number): void {
    if (at < this.dueAt) return;
    this.#points.push([at, audioLevel, frameRateHz]);
    if (this.#points.length <= MAX_POINTS) return;
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
