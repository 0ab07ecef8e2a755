import {
  layOut,
  type ChartLayout,
  type LayoutEngine,
} from '../../../../src/io/diagrams/chart-layout.ts';
import type { ChartState } from '../../../../src/io/diagrams/machine-chart.ts';

/** For ` ×9999` behind a transition. */
const COUNT_COLUMNS = 6;
/** Width to height of where a chart is shown, more or less. */
const SCREEN_RATIO = 4 / 3;
/** More machines than most processes have; who looks at more waits for a layout again. */
const MAX_LAYOUTS = 32;

/** Layouts by the charts' text: a machine is told anew after a `reset`, and is still the same. */
export class Layouts {
  readonly #start: () => LayoutEngine;
  #engine: LayoutEngine | undefined;
  readonly #known = new Map<string, Promise<ChartLayout>>();

  /** @param start of the engine, with the first layout, and again after one that failed. */
  constructor(start: () => LayoutEngine) {
    this.#start = start;
  }

  /** @returns what is known of it at once, in a promise; the one least recently asked for is forgotten. */
  of(chart: ChartState, isOutline: boolean): Promise<ChartLayout> {
    const text = JSON.stringify([isOutline, chart]);
    const layout = this.#known.get(text) ?? this.#layOut(chart, isOutline, text);
    this.#known.delete(text);
    this.#known.set(text, layout);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_LAYOUTS && oldest !== undefined) this.#known.delete(oldest);
    return layout;
  }

  #layOut(chart: ChartState, isOutline: boolean, text: string): Promise<ChartLayout> {
    this.#engine ??= this.#start();
    const layout = isOutline ? outline(chart, this.#engine) : full(chart, this.#engine);
    layout.catch(() => {
      this.#known.delete(text);
      this.#engine = undefined;
    });
    return layout;
  }
}

const full = (chart: ChartState, elk: LayoutEngine): Promise<ChartLayout> =>
  layOut(chart, elk, { countColumns: COUNT_COLUMNS });

/** Downwards or to the right, whichever is seen larger on a screen. */
async function outline(chart: ChartState, elk: LayoutEngine): Promise<ChartLayout> {
  const down = await layOut(chart, elk, { isOutline: true, direction: 'DOWN' });
  const right = await layOut(chart, elk, { isOutline: true, direction: 'RIGHT' });
  return screens(down) <= screens(right) ? down : right;
}

const screens = ({ width, height }: ChartLayout): number => Math.max(width / SCREEN_RATIO, height);
