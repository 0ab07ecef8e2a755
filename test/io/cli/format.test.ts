import { expect, it } from 'vitest';
import { formatDuration, formatElapsed } from '../../../src/io/cli/format.ts';

it.each([
  [0, '0ms'],
  [999, '999ms'],
  [12_340, '12.3s'],
  [59_949, '59.9s'],
  [59_950, '1m00s'],
  [245_000, '4m05s'],
  [3_600_000, '1h00m'],
  [90_060_000, '25h01m'],
])('[CLI-38] writes %i ms as %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

it('[CLI-39] writes elapsed time in minutes and seconds', () => {
  expect([-5, 0, 65_999, 6_000_000].map(formatElapsed)).toEqual([
    '00:00',
    '00:00',
    '01:05',
    '100:00',
  ]);
});
