import { expect, it } from 'vitest';
import { machineChart } from '../../../../src/io/diagrams/machine-chart.ts';
import {
  runningTimers,
  shareLeft,
} from '../../../../visualizations/viewer/src/chart/armed-timers.ts';
import { lampMachine } from '../../../support/lamp.machine.ts';

const chart = machineChart(lampMachine);
const on = { on: { bulb: 'dim', fan: 'still' } };
const grace = { event: 'xstate.after.graceMs.lamp.on', dueAt: 91_000 };

it('[CHP-1] a timer belongs to the state in its event, and is as old as the stay in that state', () => {
  const states = [
    { at: 500, value: on },
    { at: 700, value: 'off' },
    { at: 1_000, value: on },
    { at: 31_000, value: { on: { bulb: 'bright', fan: 'still' } } },
  ];
  const [timer] = runningTimers(chart, { at: 46_000, states, timers: [grace] }, []);
  expect(timer).toMatchObject({ name: 'graceMs', state: 'on', since: 1_000, dueAt: 91_000 });
  expect(timer && shareLeft(timer, 46_000)).toBe(0.5);
});

it('[CHP-1] delays with dots keep their dots, and a machine has timers, too', () => {
  const timers = [
    { event: 'xstate.after.long.wait.lamp.on.bulb.dim', dueAt: 2_000 },
    { event: 'xstate.after.500.lamp', dueAt: 2_000 },
  ];
  expect(runningTimers(chart, { at: 1_000, states: [], timers }, [])).toMatchObject([
    { name: 'long.wait', state: 'on.bulb.dim', since: 1_000 },
    { name: '500', state: '' },
  ]);
});

it('[CHP-1] an event that a machine sends itself later belongs to no state', () => {
  const timers = [{ event: 'lamp.checked', dueAt: 9_000 }];
  expect(runningTimers(chart, { at: 1_000, states: [], timers }, [])).toMatchObject([
    { name: 'lamp.checked', state: null },
  ]);
});

it('[CHP-1] a timer that goes on keeps its age, and one that was set again is new', () => {
  const first = runningTimers(chart, { at: 1_000, states: [], timers: [grace] }, []);
  const later = { at: 2_000, states: [] };
  expect(runningTimers(chart, { ...later, timers: [grace] }, first)).toEqual(first);
  const again = runningTimers(chart, { ...later, timers: [{ ...grace, dueAt: 92_000 }] }, first);
  expect(again).toMatchObject([{ since: 2_000 }]);
});

it('[CHP-1] the share that is left is never outside 0 to 1', () => {
  const timer = { key: '', name: '', state: null, since: 1_000, dueAt: 2_000 };
  expect([0, 1_000, 1_750, 2_000, 9_000].map((at) => shareLeft(timer, at))).toEqual([
    1, 1, 0.25, 0, 0,
  ]);
});
