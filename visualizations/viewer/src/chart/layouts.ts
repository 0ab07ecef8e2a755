import {
  layOut,
  type ChartLayout,
  type LayoutEngine,
} from '../../../../src/io/diagrams/chart-layout.ts';
import type { ChartState } from '../../../../src/io/diagrams/machine-chart.ts';

/** For ` ×9999` behind a transition. */
const COUNT_COLUMNS = 6;
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
  of(chart: ChartState): Promise<ChartLayout> {
    const text = JSON.stringify(chart);
    const layout = this.#known.get(text) ?? this.#layOut(chart, text);
    this.#known.delete(text);
    this.#known.set(text, layout);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_LAYOUTS && oldest !== undefined) this.#known.delete(oldest);
    return layout;
  }

  #layOut(chart: ChartState, text: string): Promise<ChartLayout> {
    this.#engine ??= this.#start();
    const layout = layOut(chart, this.#engine, { countColumns: COUNT_COLUMNS });
    layout.catch(() => {
      this.#known.delete(text);
      this.#engine = undefined;
    });
    return layout;
  }
}
