import { useSignal, type ReadonlySignal } from '@preact/signals';
import type { TargetedEvent } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Box, ChartLayout } from '../../../../src/io/diagrams/chart-layout.ts';
import type { ChartState } from '../../../../src/io/diagrams/machine-chart.ts';
import { Arrow, Beginning } from './arrows.tsx';
import { regionsOf } from './chart-shapes.ts';
import type { LiveChart } from './live-chart.ts';
import { StateBox } from './state-boxes.tsx';

type DrawingProps = {
  readonly chart: ChartState;
  readonly layout: ChartLayout;
  readonly live: LiveChart;
  readonly now: ReadonlySignal<number>;
  /** Brings a box into view. */
  readonly show: (box: Box) => void;
};

/** All states and arrows of a chart; the arrow keys lead from one state to the next. */
export function Drawing({ chart, layout, live, now, show }: DrawingProps) {
  const { blocks, beginnings, arrows } = layout;
  const regions = useMemo(() => regionsOf(chart), [chart]);
  // The Tab key leads to one state, at first the innermost active one: 400 stops would be a trap.
  const current = useSignal(
    blocks.findLast(({ block }) => live.active.peek().has(block.path))?.block.path ?? '',
  );

  const walk = (event: TargetedEvent<SVGGElement, KeyboardEvent>): void => {
    const index = blocks.findIndex(({ block }) => block.path === current.peek());
    const goal = stepFrom(index, event.key, blocks.length);
    if (goal === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.currentTarget.querySelectorAll<SVGGElement>('[data-state]')[goal]?.focus();
  };
  const follow = ({ target }: FocusEvent): void => {
    const path = target instanceof SVGElement ? target.dataset['state'] : undefined;
    const placed = blocks.find(({ block }) => block.path === path);
    if (!placed) return;
    current.value = placed.block.path;
    show(placed);
  };

  return (
    <>
      {/* Chromium puts what listens to the focus into the order of the Tab key. */}
      <g
        role="tree"
        aria-label={`States of ${chart.name}`}
        tabindex={-1}
        onKeyDown={walk}
        onFocusIn={follow}
      >
        {blocks.map((placed) => (
          <StateBox
            {...{ placed, live, now, current }}
            isRegion={regions.has(placed.block.path)}
            key={placed.block.path}
          />
        ))}
      </g>
      <g aria-hidden="true">
        {beginnings.map((beginning, index) => (
          <Beginning {...beginning} key={index} />
        ))}
        {arrows.map((placed, index) => (
          <Arrow {...{ placed, index, live }} key={index} />
        ))}
      </g>
    </>
  );
}

function stepFrom(index: number, key: string, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
    case 'ArrowRight':
      return Math.min(index + 1, count - 1);
    case 'ArrowUp':
    case 'ArrowLeft':
      return Math.max(index - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
