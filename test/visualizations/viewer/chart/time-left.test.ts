import { expect, it } from 'vitest';
import { stateLabel } from '../../../../visualizations/viewer/src/chart/state-label.ts';
import { timeLeft } from '../../../../visualizations/viewer/src/chart/time-left.ts';

it.each([
  [1_400, '1.4 s'],
  [9_960, '10 s'],
  [42_400, '43 s'],
  [59_700, '1 min 00 s'],
  [1_401, '1.5 s'],
  [125_000, '2 min 05 s'],
  [3_599_900, '1 h 00 min'],
  [5_400_000, '1 h 30 min'],
  [0, 'due'],
  [-50, 'due'],
])('[CHP-2] %d ms are told as %s', (leftMs, words) => {
  expect(timeLeft(1_000_000 + leftMs, 1_000_000)).toBe(words);
});

it('[CHP-2] a state says its name, its activity and its timers, in whole seconds', () => {
  const timers = [{ key: 'k', name: 'graceMs', state: 'on', since: 0, dueAt: 5_000 }];
  expect(stateLabel('on', true, timers, () => 3_600)).toBe('on: active, timer graceMs: 2 s');
  expect(stateLabel('off', false, timers, () => 3_600)).toBe('off: inactive');
  expect(stateLabel('', true, timers, () => 3_600)).toBe('the machine: active');
});
