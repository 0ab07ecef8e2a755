import { expect, it } from 'vitest';
import { machineChart } from '../../../../src/io/diagrams/machine-chart.ts';
import {
  countText,
  heatWidth,
  regionsOf,
  timesTaken,
} from '../../../../visualizations/viewer/src/chart/chart-shapes.ts';
import { lampMachine } from '../../../support/lamp.machine.ts';

it('[CHP-6] counts take five letters at most', () => {
  const counts = [0, 1, 9_999, 12_345, 999_999, 3_400_000];
  expect(counts.map(countText)).toEqual(['', '×1', '×9999', '×12k', '×999k', '×3M']);
});

it('[CHP-6] arrows grow with their count, slowly and not for ever', () => {
  const widths = [0, 1, 10, 100, 1e9].map(heatWidth);
  expect(widths).toEqual([...widths].sort((a, b) => a - b));
  expect(new Set(widths).size).toBe(5);
  expect(widths.at(-1)).toBe(5);
  expect(timesTaken(['a', 'b', 'c'], { a: 2, b: 3, d: 9 })).toBe(5);
});

it('[CHP-6] only states of a parallel state are regions', () => {
  expect([...regionsOf(machineChart(lampMachine))]).toEqual(['on.bulb', 'on.fan']);
});
