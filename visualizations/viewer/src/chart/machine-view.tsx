import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { ChartLayout } from '../../../../src/io/diagrams/chart-layout.ts';
import type { ChartState } from '../../../../src/io/diagrams/machine-chart.ts';
import type { Store } from '../model/store.ts';
import { activeBox } from './chart-shapes.ts';
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

/** Below these, letters of a normal line are too small to be read; an outline has names alone to lose. */
const FAR_SCALE = 0.6;
const FAR_OUTLINE_SCALE = 0.9;

type MachineViewProps = {
  readonly store: Store;
  readonly chart: ChartState;
  readonly layout: ChartLayout;
  /** Only names are drawn. */
  readonly isOutline: boolean;
  /** Asks for a drawing with all that is known of transitions, or for one of names. */
  readonly detail: (isWished: boolean) => void;
  readonly live: LiveChart;
};

/** The statechart of the actor that is looked at, drawn once; only what it does changes afterwards. */
export function MachineView(props: MachineViewProps) {
  const { store, chart, layout, isOutline, live } = props;
  const control = useViewport(layout, () => activeBox(layout, live.active.peek()));
  const input = useMemo(() => stageInput(control), [layout]);
  const hasTimers = useComputed(() => live.timers.value.length > 0);
  const now = useStreamNow(store, hasTimers);
  const shown = useSignal<Shown | null>(null);
  const { view } = control;
  const farScale = isOutline ? FAR_OUTLINE_SCALE : FAR_SCALE;
  const isFar = useComputed(() => view.value.scale < farScale);
  const isTipNeeded = useComputed(() => isOutline || isFar.value);
  const kind = useComputed(() => (isFar.value ? 'chart-drawing far' : 'chart-drawing'));
  const placement = useComputed(() => {
    const { x, y, scale } = view.value;
    return `translate(${x} ${y}) scale(${scale})`;
  });
  const drawing = useRef<SVGSVGElement>(null);
  // Timers stay readable from afar.
  useSignalEffect(() =>
    drawing.current?.style.setProperty(
      '--unzoom',
      String(Math.min(2, Math.max(1, 0.9 / view.value.scale))),
    ),
  );

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
        <svg class={kind} ref={drawing}>
          <ArrowTips />
          <g transform={placement}>
            <Drawing {...{ chart, layout, live, now }} show={control.show} />
            <Pulses layout={layout} live={live} />
            <TimerBadges layout={layout} live={live} now={now} />
          </g>
        </svg>
        <ChartTip {...{ chart, layout, live, now, view, shown }} isNeeded={isTipNeeded} />
      </div>
      <SentLater live={live} now={now} />
      <div class="chart-foot">
        <LastLine live={live} />
        <ChartTools {...props} control={control} />
      </div>
    </div>
  );
}

/** The transitions that were taken last, in words: also those that no arrow shows. */
function LastLine({ live }: { live: LiveChart }) {
  const { moved, latest } = live.last.value;
  const keys = [...new Set([...(moved?.keys ?? []), ...latest])];
  if (keys.length === 0) return null;
  return (
    <div class="chart-last" title={keys.join('\n')}>
      {keys.map((key) => (
        <div key={key}>{key}</div>
      ))}
    </div>
  );
}
