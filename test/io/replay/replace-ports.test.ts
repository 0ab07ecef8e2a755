import { createActor, createMachine, fromPromise, setup } from 'xstate';
import { expect, it, onTestFinished } from 'vitest';
import { replacePorts } from '../../../src/io/replay/replace-ports.ts';
import { port } from '../../../src/machines/slots.ts';

function countedPort() {
  let starts = 0;
  const make = <TInput>() =>
    port<TInput>(() => {
      starts += 1;
      return () => {};
    });
  return { make, starts: () => starts };
}

it('[RPL-11] replaces ports in slots and in place, on every level', () => {
  const real = countedPort();
  const replaced = countedPort();
  const inner = createMachine({
    initial: 'a',
    states: { a: { initial: 'b', states: { b: { invoke: { id: 'deep', src: real.make() } } } } },
  });
  const middle = setup({ actors: { line: real.make<undefined>(), inner } }).createMachine({
    invoke: [
      { src: 'line', id: 'line' },
      { src: 'inner', id: 'inner' },
    ],
  });
  const machine = createMachine({
    id: 'outer',
    initial: 'one',
    states: {
      one: {
        invoke: [
          { src: real.make(), id: 'here' },
          { src: middle, id: 'middle' },
        ],
      },
    },
  });
  const start = (logic: Parameters<typeof createActor>[0]) => {
    const root = createActor(logic).start();
    onTestFinished(() => void root.stop());
    return root;
  };

  const root = start(replacePorts(machine, replaced.make));
  expect(replaced.starts()).toBe(3);
  expect(real.starts()).toBe(0);
  start(machine);
  expect(real.starts()).toBe(3);
  expect(root.getPersistedSnapshot()).toMatchObject({ value: 'one' });
});

it('[RPL-11] keeps guards, actions, delays and what is no port', () => {
  const calls: string[] = [];
  const machine = setup({
    actors: { once: fromPromise(() => new Promise(() => {})) },
    actions: { note: () => void calls.push('note') },
    guards: { never: () => false },
  }).createMachine({
    on: { a: { actions: 'note' }, b: { guard: 'never', actions: 'note' } },
  });
  const copy = replacePorts(machine, countedPort().make);
  expect(copy.implementations.actors['once']).toBe(machine.implementations.actors.once);
  const root = createActor(copy).start();
  onTestFinished(() => void root.stop());
  root.send({ type: 'b' });
  root.send({ type: 'a' });
  expect(calls).toEqual(['note']);
});
