import { useSignalEffect, type ReadonlySignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from '../style/theme.ts';
import { levelPart } from './level-history.ts';
import { readPalette } from './palette.ts';
import type { TimelineFeed } from './timeline-feed.ts';
import type { ViewState } from './view-state.ts';

type LevelChartProps = {
  readonly feed: TimelineFeed;
  readonly system: string;
  readonly state: ViewState;
  readonly size: ReadonlySignal<{ readonly width: number; readonly height: number }>;
  readonly height: number;
};

/** RMS: what speech at ordinary level comes to, so that silence looks silent. */
const LEAST_TOP_LEVEL = 0.1;
const LEAST_TOP_RATE_HZ = 32;

/** Audio level and frames per second of one session, on the time axis of the states above. */
export function LevelChart({ feed, system, state, size, height }: LevelChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  useLayoutEffect(() => {
    if (!place.current) return undefined;
    const made = new UPlot(optionsOf(size.peek().width, height), [[], [], []], place.current);
    plot.current = made;
    const stop = theme.subscribe(() => made.redraw());
    return () => {
      stop();
      made.destroy();
    };
  }, [height, size]);
  useSignalEffect(() => plot.current?.setSize({ width: size.value.width, height }));
  useSignalEffect(() => {
    const view = state.view.value;
    const series = feed.version.value >= 0 ? feed.levels.of(system) : null;
    if (!plot.current || !series) return;
    const [at, levels, rates] = levelPart(series, view);
    plot.current.batch(() => {
      plot.current?.setData([at, levels, rates], false);
      plot.current?.setScale('x', { min: view.from, max: view.to });
      plot.current?.setScale('level', { min: 0, max: top(levels, LEAST_TOP_LEVEL) });
      plot.current?.setScale('rate', { min: 0, max: top(rates, LEAST_TOP_RATE_HZ) });
    });
  });
  return <div class="level-chart" ref={place} aria-hidden="true" />;
}

const top = (values: readonly (number | null)[], least: number): number =>
  values.reduce<number>((most, value) => Math.max(most, value ?? 0), least) * 1.05;

function optionsOf(width: number, height: number): UPlot.Options {
  return {
    ...{ width, height, ms: 1 },
    padding: [3, 0, 2, 0],
    legend: { show: false },
    cursor: { show: false },
    axes: [{ show: false }, { show: false }, { show: false }],
    scales: { x: { time: true, auto: false }, level: { auto: false }, rate: { auto: false } },
    series: [
      {},
      {
        scale: 'level',
        stroke: () => readPalette().ok,
        fill: () => `${readPalette().ok}2e`,
        width: 1,
        points: { show: false },
      },
      {
        scale: 'rate',
        stroke: () => readPalette().info,
        dash: [4, 3],
        width: 1,
        points: { show: false },
      },
    ],
  };
}
