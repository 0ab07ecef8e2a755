import { expect, it } from 'vitest';
import { bundledElk } from '../../../../src/io/diagrams/bundled-elk.ts';
import type { LayoutEngine } from '../../../../src/io/diagrams/chart-layout.ts';
import { machineChart } from '../../../../src/io/diagrams/machine-chart.ts';
import { Layouts } from '../../../../visualizations/viewer/src/chart/layouts.ts';
import { lampMachine } from '../../../support/lamp.machine.ts';

const chart = machineChart(lampMachine);

/** ELK, which counts what it is asked, and may break. */
class CountedElk implements LayoutEngine {
  asked = 0;
  starts = 0;
  isBroken = false;
  readonly #elk = bundledElk();

  readonly start = (): LayoutEngine => {
    this.starts += 1;
    return this;
  };

  layout(graph: Parameters<LayoutEngine['layout']>[0]): ReturnType<LayoutEngine['layout']> {
    this.asked += 1;
    return this.isBroken ? Promise.reject(new Error('out of memory')) : this.#elk.layout(graph);
  }
}

it('[CHP-5] a chart is laid out once, also where its machine is told anew', async () => {
  const elk = new CountedElk();
  const layouts = new Layouts(elk.start);
  const first = await layouts.of(chart, false);
  const { asked } = elk;
  expect(await layouts.of(machineChart(lampMachine), false)).toBe(first);
  expect(elk.asked).toBe(asked);
  expect(first.blocks.map(({ block }) => block.path)).toContain('on.bulb.bright');
});

it('[CHP-5] an outline has all states and arrows, and nothing that is written at them', async () => {
  const layouts = new Layouts(bundledElk);
  const full = await layouts.of(chart, false);
  const outline = await layouts.of(chart, true);
  expect(outline.blocks.map(({ block }) => block.path)).toEqual(
    full.blocks.map(({ block }) => block.path),
  );
  expect(outline.arrows).toHaveLength(full.arrows.length);
  expect(outline.blocks.flatMap(({ block }) => block.lines)).toEqual([]);
  expect(outline.width * outline.height).toBeLessThan(full.width * full.height * 0.7);
});

it('[CHP-5] counts find room behind what is written', async () => {
  const { arrows } = await new Layouts(bundledElk).of(chart, false);
  for (const { arrow, label } of arrows) {
    const letters = Math.max(...arrow.lines.map(({ text }) => text.length));
    expect(label.width).toBeGreaterThan((letters + 5) * 6.6);
  }
});

it('[CHP-5] a layout that failed is tried again, with an engine that is new', async () => {
  const elk = new CountedElk();
  const layouts = new Layouts(elk.start);
  elk.isBroken = true;
  await expect(layouts.of(chart, false)).rejects.toThrow('out of memory');
  elk.isBroken = false;
  expect((await layouts.of(chart, false)).blocks).not.toEqual([]);
  expect(elk.starts).toBe(2);
});
