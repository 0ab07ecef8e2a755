import { createActor, createMachine, setup, spawnChild, type AnyStateMachine } from 'xstate';
import { expect, it, onTestFinished } from 'vitest';
import { TransitionCoverage } from '../../../src/io/coverage/transition-coverage.ts';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';

const bellMachine = setup({ types: {} as { events: { type: 'ring' } } }).createMachine({
  id: 'bell',
  on: { ring: {} },
});

const doorMachine = setup({
  types: {} as { events: { type: 'knock' } | { type: 'ring' } },
  actors: { bell: bellMachine },
  actions: { ringBell: ({ self }) => self.getSnapshot().children['bell']?.send({ type: 'ring' }) },
  delays: { patience: 1_000 },
}).createMachine({
  id: 'door',
  invoke: { id: 'bell', src: 'bell' },
  initial: 'closed',
  states: {
    closed: { on: { knock: 'open', ring: { actions: 'ringBell' } } },
    open: { after: { patience: 'closed' }, on: { knock: {} } },
  },
});

function start(coverage: TransitionCoverage, machine: AnyStateMachine = doorMachine) {
  const clock = new VirtualClock(0);
  const root = createActor(machine, { clock });
  onTestFinished(() => void root.stop());
  coverage.watch(root);
  root.start();
  return { clock, root };
}

const counts = (coverage: TransitionCoverage) =>
  coverage.machines.flatMap(({ machine, transitions }) =>
    transitions.map(({ key, count }) => `${machine} ${key}: ${count}`),
  );

it('[COV-2] counts what actors of a machine and of those below it take, in many systems', () => {
  const coverage = new TransitionCoverage([doorMachine]);
  const { clock, root } = start(coverage);
  root.send({ type: 'knock' });
  clock.advanceBy(1_000);
  root.send({ type: 'ring' });
  const another = start(coverage, doorMachine.provide({ delays: { patience: 5 } }));
  another.root.send({ type: 'knock' });
  expect(counts(coverage)).toEqual([
    'door closed: knock -> open: 2',
    'door closed: ring: 1',
    'door open: knock: 0',
    'door open: after patience -> closed: 1',
    'bell (root): ring: 1',
  ]);
  expect(coverage.machines[0]).toMatchObject({ machine: 'door', taken: 3, total: 4 });
});

it('[COV-2] shows also machines whose actors never ran', () => {
  expect(counts(new TransitionCoverage([bellMachine]))).toEqual(['bell (root): ring: 0']);
});

it('[COV-2] comes to know a machine that is spawned in place when it first moves', () => {
  const house = createMachine({
    id: 'house',
    entry: spawnChild(bellMachine, { id: 'bell' }),
    on: {
      ring: { actions: ({ self }) => self.getSnapshot().children['bell']?.send({ type: 'ring' }) },
    },
  });
  const coverage = new TransitionCoverage([house]);
  start(coverage, house).root.send({ type: 'ring' });
  expect(counts(coverage)).toEqual(['house (root): ring: 1', 'bell (root): ring: 1']);
});

it('[COV-3] adds up what several processes counted, as JSON', () => {
  const first = new TransitionCoverage([doorMachine]);
  start(first).root.send({ type: 'knock' });
  const kept = first.toJSON();
  expect(findNotJson(kept)).toBeUndefined();
  expect(kept).toEqual({ door: { 'closed: knock -> open': 1 }, bell: {} });
  const sum = new TransitionCoverage([doorMachine]);
  expect([...sum.merge(kept), ...sum.merge(kept)]).toEqual([]);
  expect(counts(sum)[0]).toBe('door closed: knock -> open: 2');
});

it('[COV-3] names what was counted of other code', () => {
  const coverage = new TransitionCoverage([bellMachine]);
  const kept = { bell: { '(root): strike': 3 }, gong: { '(root): ring': 1 } };
  expect(coverage.merge(kept)).toEqual(['bell: (root): strike', 'gong: (root): ring']);
  expect(counts(coverage)).toEqual(['bell (root): ring: 0']);
});
