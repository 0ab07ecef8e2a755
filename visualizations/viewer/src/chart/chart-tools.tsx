import type { ChartLayout } from '../../../../src/io/diagrams/chart-layout.ts';
import type { LiveChart } from './live-chart.ts';
import { ChartLegend } from './chart-legend.tsx';
import { ZOOM_STEP } from './stage-input.ts';
import type { ViewportControl } from './use-viewport.ts';
import { around } from './viewport.ts';

type ChartToolsProps = {
  readonly layout: ChartLayout;
  readonly live: LiveChart;
  readonly control: ViewportControl;
};

/** Buttons for those who know no keys. */
export function ChartTools({ layout, live, control }: ChartToolsProps) {
  const { active, isHot } = live;
  const fitActive = (): void => {
    const leaves = layout.blocks.filter(
      ({ block }) => block.blocks.length === 0 && active.peek().has(block.path),
    );
    const box = around(leaves);
    if (box) control.fitTo(box);
  };
  return (
    <div class="chart-tools" role="toolbar" aria-label="View of the statechart">
      <button type="button" title="Zoom in (+)" onClick={() => control.zoomBy(ZOOM_STEP)}>
        +
      </button>
      <button type="button" title="Zoom out (-)" onClick={() => control.zoomBy(1 / ZOOM_STEP)}>
        −
      </button>
      <button type="button" title="Show all of it (0)" onClick={control.fitAll}>
        Fit
      </button>
      <button type="button" title="Show the active states" onClick={fitActive}>
        Active
      </button>
      <button
        type="button"
        title="How often each transition was taken since the actor started"
        aria-pressed={isHot}
        onClick={() => (isHot.value = !isHot.peek())}
      >
        Counts
      </button>
      <ChartLegend />
    </div>
  );
}
