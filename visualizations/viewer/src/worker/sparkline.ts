/** One measurement; null where there is none. */
export type Point = { readonly at: number; readonly value: number | null };

export type Span = { readonly fromAt: number; readonly toAt: number };

/** A longer silence is a gap: the stream was broken, and nobody knows what was. */
const GAP_MS = 10_000;

/**
 * The line through points, as the `d` of a path in a box of 1 by 1 with its origin at the lower left.
 *
 * @param top the value at the upper edge
 */
export function linePath(points: readonly Point[], span: Span, top: number): string {
  let last: number | null = null;
  const steps: string[] = [];
  for (const { at, value } of points) {
    if (value === null || at < span.fromAt) {
      last = null;
      continue;
    }
    const x = (at - span.fromAt) / Math.max(1, span.toAt - span.fromAt);
    const y = 1 - Math.min(1, value / top);
    const isNew = last === null || at - last > GAP_MS;
    steps.push(`${isNew ? 'M' : 'L'}${x.toFixed(4)} ${y.toFixed(4)}`);
    last = at;
  }
  return steps.join('');
}

/** A round value above all points, so that the line does not jump with each of them. */
export function roundTop(points: readonly Point[], least: number): number {
  const most = points.reduce((max, { value }) => Math.max(max, value ?? 0), least);
  const unit = 10 ** Math.floor(Math.log10(most));
  const found = [1, 2, 5, 10].find((factor) => factor * unit >= most);
  return (found ?? 10) * unit;
}

/** The point nearest to a moment; undefined where there is none. */
export const nearestPoint = (points: readonly Point[], at: number): Point | undefined =>
  points.reduce<Point | undefined>(
    (best, point) =>
      point.value !== null && (!best || Math.abs(point.at - at) < Math.abs(best.at - at))
        ? point
        : best,
    undefined,
  );
