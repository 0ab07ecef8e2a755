import type { TargetedPointerEvent } from 'preact';
import { useState } from 'preact/hooks';
import { clockTime } from '../timeline/time-format.ts';
import { linePath, nearestPoint, roundTop, type Point, type Span } from './sparkline.ts';

type FigureCardProps = {
  readonly name: string;
  readonly points: readonly Point[];
  readonly span: Span;
  readonly format: (value: number) => string;
  /** The least value at the upper edge. */
  readonly leastTop: number;
  /** A fixed upper edge; undefined: what there is decides. */
  readonly top?: number;
  /** Above it something is wrong; drawn as a line. */
  readonly limit?: number;
  readonly note?: string;
};

/** One figure: what it is now, and how it came there. */
export function FigureCard(props: FigureCardProps) {
  const { name, points, span, format, leastTop, limit, note } = props;
  const [pointedAt, point] = useState<number | null>(null);
  const top = props.top ?? roundTop(points, Math.max(leastTop, limit ?? 0));
  const latest = points.findLast(({ value }) => value !== null)?.value ?? null;
  const pointed = pointedAt === null ? undefined : nearestPoint(points, pointedAt);
  const shown = pointed?.value ?? latest;
  const isOver = limit !== undefined && latest !== null && latest > limit;
  const line = linePath(points, span, top);
  const read = (event: TargetedPointerEvent<SVGSVGElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    point(span.fromAt + ((event.clientX - left) / width) * (span.toAt - span.fromAt));
  };
  return (
    <section class={isOver ? 'figure-card is-over' : 'figure-card'} aria-label={name}>
      <header>
        <h3>{name}</h3>
        <span class="dim numbers">{pointed ? clockTime(pointed.at) : note}</span>
      </header>
      <p class="figure-value numbers">{shown === null ? '–' : format(shown)}</p>
      <svg
        class="sparkline"
        viewBox="0 0 1 1"
        preserveAspectRatio="none"
        aria-hidden="true"
        onPointerMove={read}
        onPointerLeave={() => point(null)}
      >
        {limit !== undefined && (
          <line class="sparkline-limit" x1="0" x2="1" y1={1 - limit / top} y2={1 - limit / top} />
        )}
        <path class="sparkline-line" d={line} />
        {pointed && (
          <line
            class="sparkline-pointer"
            x1={(pointed.at - span.fromAt) / (span.toAt - span.fromAt)}
            x2={(pointed.at - span.fromAt) / (span.toAt - span.fromAt)}
            y1="0"
            y2="1"
          />
        )}
      </svg>
      <footer class="figure-scale numbers dim">
        <span>10 min ago</span>
        <span>up to {format(top)}</span>
        <span>now</span>
      </footer>
    </section>
  );
}
