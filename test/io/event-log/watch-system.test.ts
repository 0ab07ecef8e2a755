import { createActor, type InspectionEvent } from 'xstate';
import { expect, it, onTestFinished } from 'vitest';
import {
  stateNodesOf,
  watchDelays,
  watchSystem,
  type DelayedEvent,
} from '../../../src/io/event-log/watch-system.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import {
  seededRandom,
  simulatedHouse,
  houseConfig,
} from '../../support/event-log/house-simulation.ts';

const input = { street: 'main', config: houseConfig };

function openHouse() {
  const clock = new VirtualClock();
  const root = createActor(simulatedHouse(clock, seededRandom(1)), { id: 'house', input, clock });
  onTestFinished(() => void root.stop());
  return { clock, root };
}

/** All but the id of the root, which only an inspector is told. */
const told = (inspection: InspectionEvent): Readonly<Record<string, unknown>> => {
  const known = Object.entries(inspection).filter(([key]) => key !== 'rootId');
  return Object.fromEntries(known);
};

it('[CHK-7] hears the same as an inspector, in the same order, and right before it', () => {
  const { clock, root } = openHouse();
  const heard: [string, Readonly<Record<string, unknown>>][] = [];
  root.system.inspect((inspection) => heard.push(['inspector', told(inspection)]));
  watchSystem(root.system, (inspection) => heard.push(['watch', told(inspection)]));
  root.start();
  clock.advanceBy(10_000);
  root.send({ type: 'house.lock' });
  clock.advanceBy(houseConfig.closingMs);
  expect(root.getSnapshot().status).toBe('done');

  const watched = heard.filter(([who]) => who === 'watch').map(([, what]) => what);
  const inspected = heard.filter(([who]) => who === 'inspector').map(([, what]) => what);
  expect(watched.length).toBeGreaterThan(500);
  expect(watched).toStrictEqual(inspected);
  expect(heard.filter(([who], index) => index % 2 === 0 && who !== 'watch')).toEqual([]);
  const kinds = new Set(watched.map(({ type }) => String(type)));
  expect([...kinds].toSorted()).toEqual([
    '@xstate.action',
    '@xstate.actor',
    '@xstate.event',
    '@xstate.microstep',
    '@xstate.snapshot',
  ]);
});

it('[CHK-7] inspects a system that has no way of its own to tell', () => {
  const { clock, root } = openHouse();
  Reflect.set(root.system, '_sendInspectionEvent', undefined);
  const inspectors: unknown[] = [];
  root.system.inspect = (inspector) => {
    inspectors.push(inspector);
    return { unsubscribe: () => {} };
  };
  const watch = () => {};
  watchSystem(root.system, watch);
  expect(inspectors).toEqual([watch]);
  expect(clock.pendingCount).toBe(0);
});

it('[CHK-8] hears of each event that is put off before its timer is set, whom it is for included', () => {
  const { clock, root } = openHouse();
  const delayed: DelayedEvent[] = [];
  const pending: number[] = [];
  watchDelays(root.system, (heard) => {
    delayed.push(heard);
    pending.push(clock.pendingCount);
  });
  root.start();
  expect(delayed).toEqual([
    { source: root, target: root, event: { type: 'house.checked' }, id: 'check' },
  ]);
  // One is the door's own.
  expect(pending).toEqual([1]);
  expect(clock.pendingCount).toBe(2);
  clock.advanceBy(1_000);
  const chime = delayed.find(({ event }) => event.type === 'door.chime');
  expect(chime).toMatchObject({ source: root, target: root.getSnapshot().children.door });
});

it('[CHK-7] finds the same state nodes only where the state is the same, and mostly there', () => {
  const { clock, root } = openHouse();
  const last = new Map<unknown, { readonly nodes: unknown; readonly value: unknown }>();
  let sameCount = 0;
  let otherCount = 0;
  watchSystem(root.system, (inspection) => {
    if (inspection.type !== '@xstate.microstep') return;
    const { actorRef, snapshot } = inspection;
    const now = { nodes: stateNodesOf(snapshot), value: Reflect.get(snapshot, 'value') as unknown };
    const before = last.get(actorRef);
    last.set(actorRef, now);
    if (now.nodes === undefined || before === undefined) return;
    if (now.nodes !== before.nodes) otherCount += 1;
    else {
      sameCount += 1;
      expect(now.value).toEqual(before.value);
    }
  });
  root.start();
  clock.advanceBy(10_000);
  expect(sameCount).toBeGreaterThan(otherCount);
  expect(otherCount).toBeGreaterThan(10);
});
