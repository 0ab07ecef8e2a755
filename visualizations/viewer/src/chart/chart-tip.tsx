import { useComputed, type ReadonlySignal } from '@preact/signals';
import type { Box, ChartLayout } from '../../../../src/io/diagrams/chart-layout.ts';
import { arrowsOf, blockOf, type TextLine } from '../../../../src/io/diagrams/chart-blocks.ts';
import { statesOf, type ChartState } from '../../../../src/io/diagrams/machine-chart.ts';
import { countText, isFirstOf, middleOf } from './chart-shapes.ts';
import type { LiveChart } from './live-chart.ts';
import { stateLabel } from './state-label.ts';
import type { Viewport } from './viewport.ts';

/** What the pointer or the focus is on. */
export type Shown = { readonly state: string } | { readonly arrow: number };

export function shownAt(target: EventTarget | null): Shown | null {
  const part = target instanceof Element ? target.closest('[data-state],[data-arrow]') : null;
  const state = part?.getAttribute('data-state');
  if (typeof state === 'string') return { state };
  const arrow = part?.getAttribute('data-arrow');
  return typeof arrow === 'string' ? { arrow: Number(arrow) } : null;
}

type ChartTipProps = {
  readonly chart: ChartState;
  readonly layout: ChartLayout;
  readonly live: LiveChart;
  readonly now: ReadonlySignal<number>;
  readonly view: ReadonlySignal<Viewport>;
  /** Whether the drawing itself does not tell all, or not in letters that can be read. */
  readonly isNeeded: ReadonlySignal<boolean>;
  readonly shown: ReadonlySignal<Shown | null>;
};

/** What stands at a state or arrow, in readable letters, where those of the drawing do not do. */
export function ChartTip({ chart, layout, live, now, view, isNeeded, shown }: ChartTipProps) {
  const tip = useComputed(() =>
    isNeeded.value && shown.value ? contentOf(chart, layout, shown.value) : undefined,
  ).value;
  if (!tip) return null;
  const { x, y, scale } = view.value;
  const place = {
    left: `${x + tip.box.x * scale}px`,
    top: `${y + (tip.box.y + tip.box.height) * scale + 6}px`,
  };
  const title =
    tip.state === null
      ? tip.title
      : stateLabel(tip.state, live.active.value.has(tip.state), live.timers.value, () => now.value);
  return (
    <div class="chart-hint" role="tooltip" style={place}>
      <strong>{title}</strong>
      {tip.lines.map((line, index) => (
        <div class={live.lit.value.has(line.transition ?? '') ? 'lit' : undefined} key={index}>
          {line.text} {isFirstOf(tip.lines, index) ? countOf(line, live) : ''}
        </div>
      ))}
    </div>
  );
}

type Content = {
  readonly state: string | null;
  readonly title: string;
  readonly box: Box;
  readonly lines: readonly TextLine[];
};

function contentOf(chart: ChartState, layout: ChartLayout, shown: Shown): Content | undefined {
  if ('state' in shown) {
    const box = layout.blocks.find(({ block }) => block.path === shown.state);
    const state = statesOf(chart).find(({ path }) => path === shown.state);
    return box && state && { state: shown.state, title: '', box, lines: blockOf(state).lines };
  }
  const placed = layout.arrows[shown.arrow];
  const arrow = arrowsOf(chart)[shown.arrow];
  if (!placed || !arrow) return undefined;
  const title = `${arrow.source} → ${arrow.target}`;
  return {
    state: null,
    title,
    box: { ...middleOf(placed.points), width: 0, height: 0 },
    lines: arrow.lines,
  };
}

const countOf = ({ transition }: TextLine, { counts }: LiveChart): string =>
  countText(counts.value[transition ?? ''] ?? 0);
