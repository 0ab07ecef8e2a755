import { expect, test } from 'vitest';
import {
  clockTime,
  duration,
  exactTime,
  logTime,
  sinceStart,
} from '../../../../visualizations/viewer/src/timeline/time-format.ts';

// In the time zone of whoever runs the test.
const AT = new Date(2026, 5, 1, 9, 5, 7, 40).getTime();

test('[TLN-7] a moment is written as time of day, and in UTC as in a log', () => {
  expect(clockTime(AT)).toBe('09:05:07');
  expect(exactTime(AT)).toBe('09:05:07.040');
  expect(logTime(0)).toBe('1970-01-01T00:00:00.000Z');
});

test.each([
  [0, '0 ms'],
  [340, '340 ms'],
  [1_400, '1.4 s'],
  [125_000, '2 min 05 s'],
])('[TLN-7] %d ms are written %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [1_250, '+1.250 s'],
  [-20, '-0.020 s'],
  [723_250, '+12:03.250'],
  [3_600_000 + 61_005, '+1:01:01.005'],
])('[TLN-7] %d ms since a start are written %s', (ms, text) => {
  expect(sinceStart(AT + ms, AT)).toBe(text);
});
