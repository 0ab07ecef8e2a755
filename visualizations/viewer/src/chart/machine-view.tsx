import { useComputed, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ChartLayout } from '../../../../src/io/diagrams/chart-layout.ts';
import type { ChartState } from '../../../../src/io/diagrams/machine-chart.ts';
import type { Store } from '../model/store.ts';
import { ArrowTips, Pulses } from './arrows.tsx';
import { ChartTip, shownAt, type Shown } from './chart-tip.tsx';
import { ChartTools } from './chart-tools.tsx';
import { Drawing } from './drawing.tsx';
import type { LiveChart } from './live-chart.ts';
import { SentLater } from './sent-later.tsx';
import { stageInput } from './stage-input.ts';
import { useStreamNow } from './stream-now.ts';
import { TimerBadges } from './timer-badges.tsx';
import { useViewport } from './use-viewport.ts';

/** Below this, letters of a normal line are too small to be read. */
const FAR_SCALE = 0.6;

type MachineViewProps = {
  readonly store: Store;
  readonly chart: ChartState;
  readonly layout: ChartLayout;
  readonly live: LiveChart;
};

/** The statechart of the actor that is looked at, drawn once; only what it does changes afterwards. */
export function MachineView({ store, chart, layout, live }: MachineViewProps) {
  const control = useViewport(layout);
  const input = useMemo(() => stageInput(control), [layout]);
  const hasTimers = useComputed(() => live.timers.value.length > 0);
  const now = useStreamNow(store, hasTimers);
  const shown = useSignal<Shown | null>(null);
  const { view } = control;
  const isFar = useComputed(() => view.value.scale < FAR_SCALE);
  const kind = useComputed(() => (isFar.value ? 'chart-drawing far' : 'chart-drawing'));
  const placement = useComputed(() => {
    const { x, y, scale } = view.value;
    return `translate(${x} ${y}) scale(${scale})`;
  });

  return (
    <div class="chart-machine">
      <div
        class="chart-stage"
        ref={control.stage}
        tabIndex={0}
        role="application"
        aria-label={`Statechart ${chart.name}. Arrow keys move it, + and - zoom, 0 shows all of it, Tab leads to its states.`}
        onPointerOver={({ target }) => (shown.value = shownAt(target))}
        onPointerLeave={() => (shown.value = null)}
        onFocusIn={({ target }) => (shown.value = shownAt(target))}
        onFocusOut={() => (shown.value = null)}
        {...input}
      >
        <svg class={kind}>
          <ArrowTips />
          <g transform={placement}>
            <Drawing {...{ chart, layout, live, now }} show={control.show} />
            <Pulses layout={layout} live={live} />
            <TimerBadges layout={layout} live={live} now={now} />
          </g>
        </svg>
        <ChartTip {...{ layout, live, now, view, isFar, shown }} />
      </div>
      <ChartTools {...{ layout, live, control }} />
      <SentLater live={live} now={now} />
    </div>
  );
}
