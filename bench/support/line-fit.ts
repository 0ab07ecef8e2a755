/** A line through points, and how sure its slope is. */

type Point = {
  readonly x: number;
  readonly y: number;
  /** What moves `y` too, and is not to count as growth over `x`. */
  readonly beside: number;
};

export type Fit = {
  /** How much `y` grows with each `x` where `beside` stays the same. */
  readonly slope: number;
  /** The standard error of the slope; Infinity where there are too few points to tell. */
  readonly slopeError: number;
};

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** What two coordinates have in common: the sum of the products of their distances from their means. */
function common(points: readonly Point[], a: keyof Point, b: keyof Point): number {
  const meanA = sum(points.map((point) => point[a])) / points.length;
  const meanB = sum(points.map((point) => point[b])) / points.length;
  return sum(points.map((point) => (point[a] - meanA) * (point[b] - meanB)));
}

/**
 * Least squares of `y = a + slope * x + c * beside`.
 *
 * @returns a slope of NaN where `x` never changes, or not otherwise than `beside`.
 */
export function fitLine(points: readonly Point[]): Fit {
  const xx = common(points, 'x', 'x');
  const xy = common(points, 'x', 'y');
  const bb = common(points, 'beside', 'beside');
  const by = common(points, 'beside', 'y');
  const xb = common(points, 'x', 'beside');
  const hasBeside = bb > 0;
  const spread = hasBeside ? xx - (xb * xb) / bb : xx;
  if (!(spread > 0)) return { slope: NaN, slopeError: Infinity };
  const slope = (hasBeside ? xy - (xb * by) / bb : xy) / spread;
  const besideSlope = hasBeside ? (by - slope * xb) / bb : 0;
  const unexplained = common(points, 'y', 'y') - slope * xy - besideSlope * by;
  const freedom = points.length - (hasBeside ? 3 : 2);
  if (freedom <= 0) return { slope, slopeError: Infinity };
  return { slope, slopeError: Math.sqrt(Math.max(0, unexplained) / freedom / spread) };
}
