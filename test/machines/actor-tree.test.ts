import {
  createMachine,
  fromCallback,
  fromObservable,
  fromPromise,
  fromTransition,
  setup,
} from 'xstate';
import { expect, it } from 'vitest';
import { findForeignActors, findMachines } from '../../src/machines/actor-tree.ts';
import { notProvided, port } from '../../src/machines/slots.ts';

const fetchList = fromPromise(() => Promise.resolve());
const roster = setup({ actors: { fetchList, line: notProvided('line') } }).createMachine({
  id: 'roster',
});

it('[AGT-1] finds no fault with machines and ports', () => {
  const machine = setup({ actors: { line: port(() => () => {}) } }).createMachine({
    id: 'visit',
    invoke: { src: port(() => () => {}) },
  });
  expect(findForeignActors(machine)).toEqual([]);
});

it('[AGT-1] names every other actor with its path, in slots and in place', () => {
  const machine = setup({
    actors: {
      roster,
      ticks: fromObservable(() => ({ subscribe: () => ({ unsubscribe: () => {} }) })),
      count: fromTransition((state: number) => state, 0),
      bare: fromCallback(() => {}),
    },
  }).createMachine({
    id: 'visit',
    initial: 'one',
    states: {
      one: { initial: 'two', states: { two: { invoke: [{ src: 'roster' }, { src: fetchList }] } } },
      three: { invoke: { src: createMachine({ id: 'inner', invoke: { src: fetchList } }) } },
    },
  });
  expect(findForeignActors(machine)).toEqual([
    'visit/roster/fetchList',
    'visit/ticks',
    'visit/count',
    'visit/bare',
    'visit/one.two(invoke)',
    'visit/three(invoke)/(invoke)',
  ]);
});

it('[AGT-1] finds the machines below a machine', () => {
  const machine = setup({ actors: { roster } }).createMachine({ id: 'visit' });
  expect(findMachines(machine).map(({ id }) => id)).toEqual(['visit', 'roster']);
});
