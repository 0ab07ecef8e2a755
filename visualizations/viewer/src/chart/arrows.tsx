import { computed, useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import {
  DOT_RADIUS,
  text as measure,
  type ChartLayout,
  type PlacedArrow,
  type PlacedBeginning,
} from '../../../../src/io/diagrams/chart-layout.ts';
import { arrowsWith, heatWidth, timesTaken, wayOf } from './chart-shapes.ts';
import type { LiveChart } from './live-chart.ts';
import { Lines } from './state-boxes.tsx';

type ArrowProps = {
  readonly placed: PlacedArrow;
  readonly index: number;
  readonly live: LiveChart;
};

/** Transitions from one state to another, the wider the more often they were taken. */
export function Arrow({ placed, index, live }: ArrowProps) {
  const { arrow, points, label } = placed;
  const bound = useMemo(() => {
    const keys = arrow.transitions.map(({ key }) => key);
    const isLit = computed(() => keys.some((key) => live.lit.value.has(key)));
    return {
      kind: computed(() => (isLit.value ? 'arrow lit' : 'arrow')),
      tip: computed(() => (isLit.value ? 'url(#chart-tip-lit)' : 'url(#chart-tip)')),
      width: computed(() =>
        live.isHot.value ? heatWidth(timesTaken(keys, live.counts.value)) : 1,
      ),
    };
  }, [arrow, live]);
  const way = wayOf(points);
  return (
    <g class={bound.kind} data-arrow={index}>
      <path class="reach" d={way} />
      <path class="way" d={way} stroke-width={bound.width} marker-end={bound.tip} />
      <g class="label">
        <rect x={label.x} y={label.y} width={label.width} height={label.height} rx={2} />
        <Lines
          lines={arrow.lines}
          live={live}
          x={label.x + 2}
          right={label.x + label.width - 2}
          y={label.y + measure.size}
        />
      </g>
    </g>
  );
}

/** The heads of all arrows. */
export const ArrowTips = () => (
  <defs>
    {['chart-tip', 'chart-tip-lit'].map((id) => (
      <marker
        key={id}
        id={id}
        viewBox="0 0 8 8"
        refX={7}
        refY={4}
        markerWidth={8}
        markerHeight={8}
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path class={id} d="M0 0L8 4L0 8z" />
      </marker>
    ))}
  </defs>
);

/** Where a state begins. */
export const Beginning = ({ dot, points }: PlacedBeginning) => (
  <g class="arrow">
    <circle class="dot" cx={dot.x} cy={dot.y} r={DOT_RADIUS} />
    <path class="way" d={wayOf(points)} marker-end="url(#chart-tip)" />
  </g>
);

/** Runs once along the arrows of the transitions that were taken last. */
export function Pulses({ layout, live }: { layout: ChartLayout; live: LiveChart }) {
  const moved = useComputed(() => live.last.value.moved).value;
  if (!moved) return null;
  return (
    <g aria-hidden="true">
      {arrowsWith(layout, moved.keys).map(({ points, arrow: { source, target } }) => (
        // A new element for each time, since an animation that has run does not run again.
        <path
          class="pulse"
          key={`${moved.seq} ${source} ${target}`}
          d={wayOf(points)}
          pathLength={1}
        />
      ))}
    </g>
  );
}
