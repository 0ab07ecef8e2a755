import { signal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChartLayout } from '../../../../src/io/diagrams/chart-layout.ts';
import type { ChartState } from '../../../../src/io/diagrams/machine-chart.ts';
import type { MachineRow } from '../../../../src/io/inspect/protocol.ts';
import type { Store } from '../model/store.ts';
import { Layouts } from './layouts.ts';
import { liveChart } from './live-chart.ts';
import { MachineView } from './machine-view.tsx';
import { workerElk } from './worker-elk.ts';

const layouts = new Layouts(workerElk);

type MachinePanelProps = { readonly store: Store; readonly machine: MachineRow };

/** A full layout that is bigger, in pixels, cannot be read where all of it is shown. */
const READABLE = { width: 1_300, height: 1_000 } as const;

/** Whether guards, actions and inner transitions are drawn, for every chart; null: where there is room. */
const isDetailed = signal<boolean | null>(null);

/** A statechart as soon as there is a layout of it. */
export function MachinePanel({ store, machine }: MachinePanelProps) {
  const chart = useSame(machine.chart);
  const live = useMemo(() => liveChart(chart, store.detail), [chart, store]);
  const [found, setFound] = useState<Found | null>(null);
  const wish = isDetailed.value;
  useEffect(() => {
    let isWanted = true;
    const find = (next: Found): void => {
      if (isWanted) setFound(next);
    };
    findLayout(chart, wish).then(
      ({ layout, isOutline }) => find({ live, layout, isOutline }),
      (error: unknown) => find({ live, problem: String(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [chart, live, wish]);

  if (found?.live !== live) return <p class="chart-note waiting">Laying out {chart.name} …</p>;
  if ('problem' in found) {
    return (
      <p class="chart-note" role="alert">
        {chart.name} could not be laid out: {found.problem}
      </p>
    );
  }
  const { layout, isOutline } = found;
  const detail = (isWished: boolean): void => {
    isDetailed.value = isWished;
  };
  // Anew for each drawing: what is bound to the one before knows nothing of this one.
  const key = `${chart.name} ${isOutline}`;
  return <MachineView {...{ store, chart, live, layout, isOutline, detail }} key={key} />;
}

/** The chart before where the new one says the same: after a jump in a recording the view stays. */
function useSame(chart: ChartState): ChartState {
  const known = useRef(chart);
  if (known.current !== chart && JSON.stringify(known.current) !== JSON.stringify(chart)) {
    known.current = chart;
  }
  return known.current;
}

async function findLayout(
  chart: ChartState,
  wish: boolean | null,
): Promise<{ layout: ChartLayout; isOutline: boolean }> {
  if (wish === false) return { layout: await layouts.of(chart, true), isOutline: true };
  const layout = await layouts.of(chart, false);
  const isReadable = layout.width <= READABLE.width && layout.height <= READABLE.height;
  if (wish === true || isReadable) return { layout, isOutline: false };
  return { layout: await layouts.of(chart, true), isOutline: true };
}

/** Belongs to a chart: that of the machine before is not shown for the next. */
type Found = { readonly live: ReturnType<typeof liveChart> } & (
  { readonly layout: ChartLayout; readonly isOutline: boolean } | { readonly problem: string }
);
