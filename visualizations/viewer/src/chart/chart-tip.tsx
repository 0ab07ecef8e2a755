import { useComputed, type ReadonlySignal } from '@preact/signals';
import type { Box, ChartLayout } from '../../../../src/io/diagrams/chart-layout.ts';
import type { TextLine } from '../../../../src/io/diagrams/chart-blocks.ts';
import { countText, isFirstOf } from './chart-shapes.ts';
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
  readonly layout: ChartLayout;
  readonly live: LiveChart;
  readonly now: ReadonlySignal<number>;
  readonly view: ReadonlySignal<Viewport>;
  readonly isFar: ReadonlySignal<boolean>;
  readonly shown: ReadonlySignal<Shown | null>;
};

/** What stands at a state or arrow, in readable letters, where the chart is too far away for its own. */
export function ChartTip({ layout, live, now, view, isFar, shown }: ChartTipProps) {
  const tip = useComputed(() =>
    isFar.value && shown.value ? contentOf(layout, shown.value) : undefined,
  ).value;
  const place = useComputed(() => {
    const { x, y, scale } = view.value;
    if (!tip) return undefined;
    return {
      left: `${x + tip.box.x * scale}px`,
      top: `${y + (tip.box.y + tip.box.height) * scale + 6}px`,
    };
  });
  if (!tip) return null;
  const title =
    tip.state === null
      ? tip.title
      : stateLabel(tip.state, live.active.value.has(tip.state), live.timers.value, () => now.value);
  return (
    <div class="chart-hint" role="tooltip" style={place.value}>
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

function contentOf({ blocks, arrows }: ChartLayout, shown: Shown): Content | undefined {
  if ('state' in shown) {
    const placed = blocks.find(({ block }) => block.path === shown.state);
    return placed && { state: shown.state, title: '', box: placed, lines: placed.block.lines };
  }
  const placed = arrows[shown.arrow];
  if (!placed) return undefined;
  const { source, target, lines } = placed.arrow;
  return { state: null, title: `${source} → ${target}`, box: placed.label, lines };
}

const countOf = ({ transition }: TextLine, { counts }: LiveChart): string =>
  transition === null ? '' : countText(counts.value[transition] ?? 0);
