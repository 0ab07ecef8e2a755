import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffDelayMs } from '../../../src/machines/worker/backoff.logic.ts';

const config = { minMs: 500, maxMs: 30_000 };

it.each([
  ['[WRK-3] starts at half to all of the minimum', 1, 0, 250],
  ['[WRK-3] starts at half to all of the minimum', 1, 1, 500],
  ['[WRK-3] doubles', 2, 1, 1_000],
  ['[WRK-3] doubles', 6, 1, 16_000],
  ['[WRK-3] stops at the maximum', 7, 1, 30_000],
  ['[WRK-3] still knows an end after a year of failures', 1_000_000, 1, 30_000],
])('%s', (_title, failures, jitter, expected) => {
  expect(backoffDelayMs(failures, jitter, config)).toBe(expected);
});

it('[WRK-3] leaves to chance no more than the upper half', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (failures, jitter) => {
      const delayMs = backoffDelayMs(failures + 1, jitter, config);
      const fullMs = backoffDelayMs(failures + 1, 1, config);
      expect(delayMs).toBeGreaterThanOrEqual(Math.floor(fullMs / 2));
      expect(delayMs).toBeLessThanOrEqual(fullMs);
    }),
    { seed: 1 },
  );
});
