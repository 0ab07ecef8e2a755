import { createActor, createMachine, type EventObject } from 'xstate';
import { expect, it, onTestFinished } from 'vitest';
import { createVitalsActor } from '../../src/actors/vitals.actor.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';

function start() {
  const clock = new VirtualClock();
  const told: EventObject[] = [];
  let isOpen = false;
  const openProbe = () => {
    isOpen = true;
    return {
      eventLoopP99Ms: () => 12.4,
      rssBytes: () => 64_000_000,
      close: () => {
        isOpen = false;
      },
    };
  };
  const logic = createVitalsActor({ openProbe, clock, intervalMs: 2_000 });
  const root = createActor(
    createMachine({
      invoke: { id: 'vitals', src: logic, input: null },
      on: { '*': { actions: ({ event }) => told.push(event) } },
    }),
  ).start();
  onTestFinished(() => void root.stop());
  return { clock, told, root, isOpen: () => isOpen };
}

it('[WRK-75] samples at its interval, and not before', () => {
  const { clock, told } = start();
  clock.advanceBy(1_999);
  expect(told).toEqual([]);
  clock.advanceBy(4_001);
  expect(told).toEqual(
    [2_000, 4_000, 6_000].map((at) => ({
      type: 'vitals.sampled',
      at,
      eventLoopP99Ms: 12,
      rssBytes: 64_000_000,
    })),
  );
});

it('[WRK-75] lets go of its probe and its timer', () => {
  const { clock, root, isOpen } = start();
  expect(isOpen()).toBe(true);
  root.stop();
  expect(isOpen()).toBe(false);
  expect(clock.pendingCount).toBe(0);
});
