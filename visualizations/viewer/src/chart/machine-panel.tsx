import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ChartLayout } from '../../../../src/io/diagrams/chart-layout.ts';
import type { MachineRow } from '../../../../src/io/inspect/protocol.ts';
import type { Store } from '../model/store.ts';
import { Layouts } from './layouts.ts';
import { liveChart } from './live-chart.ts';
import { MachineView } from './machine-view.tsx';
import { workerElk } from './worker-elk.ts';

const layouts = new Layouts(workerElk);

type MachinePanelProps = { readonly store: Store; readonly machine: MachineRow };

/** A statechart as soon as there is a layout of it. */
export function MachinePanel({ store, machine: { chart } }: MachinePanelProps) {
  const live = useMemo(() => liveChart(chart, store.detail), [chart, store]);
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    let isWanted = true;
    const find = (next: Found): void => {
      if (isWanted) setFound(next);
    };
    layouts.of(chart).then(
      (layout) => find({ live, layout }),
      (error: unknown) => find({ live, problem: String(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [chart, live]);

  if (found?.live !== live) return <p class="chart-note waiting">Laying out {chart.name} …</p>;
  if ('problem' in found) {
    return (
      <p class="chart-note" role="alert">
        {chart.name} could not be laid out: {found.problem}
      </p>
    );
  }
  // A chart of its own for each machine, so that the view of one is not the view of the next.
  return <MachineView {...{ store, chart, live }} layout={found.layout} key={chart.name} />;
}

/** Belongs to a chart: that of the machine before is not shown for the next. */
type Found = { readonly live: ReturnType<typeof liveChart> } & (
  { readonly layout: ChartLayout } | { readonly problem: string }
);
