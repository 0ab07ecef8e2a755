import { expect, it } from 'vitest';
import { fitLine } from '../../../bench/support/line-fit.ts';

const at = (x: number, y: number, beside = 0) => ({ x, y, beside });

it('[SOAK-1] finds the slope of points on a line, without error', () => {
  const { slope, slopeError } = fitLine([at(0, 5), at(10, 25), at(20, 45), at(40, 85)]);
  expect(slope).toBeCloseTo(2, 10);
  expect(slopeError).toBeCloseTo(0, 6);
});

it('[SOAK-1] gives the slope of scattered points with its standard error', () => {
  // Worked by hand: mean x 2, mean y 5, sum of xx 10, of xy 18; unexplained 1.6 over 3 degrees.
  const { slope, slopeError } = fitLine([at(0, 1), at(1, 4), at(2, 5), at(3, 6), at(4, 9)]);
  expect(slope).toBeCloseTo(1.8, 10);
  expect(slopeError).toBeCloseTo(Math.sqrt(1.6 / 3 / 10), 10);
});

it('[SOAK-1] takes what something else moves for no growth', () => {
  const beside = [3, 12, 7, 14, 9, 20];
  const points = beside.map((live, i) => at(i * 70, 40 + 0.5 * i * 70 + 15 * live, live));
  const { slope, slopeError } = fitLine(points);
  expect(slope).toBeCloseTo(0.5, 8);
  expect(slopeError).toBeCloseTo(0, 6);
});

it.each([
  ['no points', []],
  ['points at one place', [at(7, 1), at(7, 2), at(7, 3)]],
  ['points that move with what is beside', [at(1, 1, 2), at(2, 2, 4), at(3, 5, 6)]],
])('[SOAK-1] knows no slope of %s', (_what, points) => {
  expect(fitLine(points)).toEqual({ slope: NaN, slopeError: Infinity });
});

it('[SOAK-1] is not sure of a slope through two points', () => {
  expect(fitLine([at(0, 0), at(1, 3)])).toEqual({ slope: 3, slopeError: Infinity });
});
