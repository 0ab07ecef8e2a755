import { effect, signal } from '@preact/signals';
import { expect, it } from 'vitest';
import { machineChart } from '../../../../src/io/diagrams/machine-chart.ts';
import type { ActorDetail, Entry } from '../../../../src/io/inspect/protocol.ts';
import { activePaths } from '../../../../visualizations/viewer/src/chart/active-paths.ts';
import { lastTaken } from '../../../../visualizations/viewer/src/chart/last-taken.ts';
import { liveChart } from '../../../../visualizations/viewer/src/chart/live-chart.ts';
import { lampMachine } from '../../../support/lamp.machine.ts';

const on = { on: { bulb: 'dim', fan: 'still' } };
const detail: ActorDetail = {
  id: 1,
  at: 1_000,
  value: on,
  status: 'active',
  context: {},
  output: null,
  timers: [],
  counts: {},
  states: [],
  entries: [],
  isTooBig: false,
};

const entry = (seq: number, taken: readonly string[], value: Entry['value'] = null): Entry => ({
  seq,
  at: seq,
  kind: 'received',
  from: null,
  event: { type: 'any' },
  count: 1,
  taken,
  value,
});

it('[CHP-4] active are the states of every region and all around them', () => {
  expect([...activePaths(on)]).toEqual([
    '',
    'on',
    'on.bulb',
    'on.bulb.dim',
    'on.fan',
    'on.fan.still',
  ]);
  expect([...activePaths('off')]).toEqual(['', 'off']);
  expect([...activePaths(null)]).toEqual([]);
});

it('[CHP-4] measurements that change nothing do not hide what brought the actor into its state', () => {
  const entries = [entry(1, ['a -> b'], 'b'), entry(2, ['b: level']), entry(3, [])];
  expect(lastTaken(entries)).toEqual({
    moved: { seq: 1, keys: ['a -> b'] },
    latest: ['b: level'],
  });
  expect(lastTaken([])).toEqual({ moved: null, latest: [] });
});

it('[CHP-4] a message that changes nothing of the chart wakes nothing that draws it', () => {
  const told = signal<ActorDetail | null>(detail);
  const live = liveChart(machineChart(lampMachine), told);
  let drawn = 0;
  const stop = effect(() => {
    drawn += live.active.value.size + live.lit.value.size + Object.keys(live.counts.value).length;
    drawn += live.timers.value.length;
  });
  const before = drawn;
  told.value = { ...detail, at: 2_000, value: { on: { bulb: 'dim', fan: 'still' } }, context: 1 };
  expect(drawn).toBe(before);
  told.value = { ...detail, value: 'off' };
  expect(drawn).toBeGreaterThan(before);
  stop();
});
