import type { ChartLayout } from '../../../../src/io/diagrams/chart-layout.ts';
import { ChartLegend } from './chart-legend.tsx';
import type { LiveChart } from './live-chart.ts';
import { ZOOM_STEP } from './stage-input.ts';
import type { ViewportControl } from './use-viewport.ts';
import { activeBox } from './chart-shapes.ts';

type ChartToolsProps = {
  readonly layout: ChartLayout;
  readonly live: LiveChart;
  readonly isOutline: boolean;
  readonly detail: (isWished: boolean) => void;
  readonly control: ViewportControl;
};

/** Buttons for those who know no keys. */
export function ChartTools({ layout, live, isOutline, detail, control }: ChartToolsProps) {
  const { isHot } = live;
  const fitActive = (): void => {
    const box = activeBox(layout, live.active.peek());
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
        title="Guards, actions, and transitions inside a state"
        aria-pressed={!isOutline}
        onClick={() => detail(isOutline)}
      >
        Details
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
