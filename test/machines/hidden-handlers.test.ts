import { createActor, setup, type AnyStateMachine } from 'xstate';
import { expect, it } from 'vitest';
import { ownRoots } from '../../src/io/diagrams/own-machines.ts';
import { findMachines } from '../../src/machines/actor-tree.ts';

type StateNode = AnyStateMachine['root'];

/**
 * The handlers outside of regions that a region hides, each with the reason why that is meant:
 * `machine: event of the outer state, in the state within a region`.
 */
const hidden = {
  'room-analytics: participant.disconnected of watching, in watching.connection.reconnecting':
    'is held until it is known whether it was our own connection that ended',
  'room-analytics: track.unpublished of watching, in watching.connection.reconnecting':
    'is held until it is known whether it was our own connection that ended',
  'conversation-monitor: data.received of following, in following.line.open':
    'is asked for again, which is of another topic than what is said',
} as const;

const pathOf = (node: StateNode): string => node.path.join('.') || 'the root';

const below = (node: StateNode): readonly StateNode[] =>
  Object.values(node.states).flatMap((state) => [state, ...below(state)]);

/** XState's own events are of one state each, but for those that end children. */
const eventsOf = (node: StateNode): readonly string[] =>
  [...node.transitions.keys()].filter((type) => !/^xstate\.(after|done\.state)\./.test(type));

function isSame(outer: string, inner: string): boolean {
  const covers = (wide: string, narrow: string) =>
    wide === narrow ||
    wide === '*' ||
    (wide.endsWith('.*') && narrow.startsWith(wide.slice(0, -1)));
  return covers(outer, inner) || covers(inner, outer);
}

const aboveAndSelf = (node: StateNode): readonly StateNode[] =>
  node.parent ? [node, ...aboveAndSelf(node.parent)] : [node];

function hiddenHandlers(machine: AnyStateMachine): readonly string[] {
  const parallel = [machine.root, ...below(machine.root)].filter(({ type }) => type === 'parallel');
  const found = parallel.flatMap((node) =>
    aboveAndSelf(node).flatMap((outer) =>
      eventsOf(outer).flatMap((type) =>
        below(node)
          .filter((inner) => eventsOf(inner).some((other) => isSame(type, other)))
          .map((inner) => `${machine.id}: ${type} of ${pathOf(outer)}, in ${pathOf(inner)}`),
      ),
    ),
  );
  return [...new Set(found)];
}

it('[COV-8] knows of a parallel state that it is not asked for what a region handles', () => {
  const heard: string[] = [];
  const machine = setup({
    types: {} as { events: { readonly type: 'tick' } | { readonly type: 'tock' } },
    actions: { hear: (_, { where }: { where: string }) => heard.push(where) },
  }).createMachine({
    id: 'clock',
    type: 'parallel',
    on: { '*': { actions: { type: 'hear', params: { where: 'outside' } } } },
    states: {
      hand: { on: { tick: { actions: { type: 'hear', params: { where: 'inside' } } } } },
      face: {},
    },
  });
  const actor = createActor(machine).start();
  actor.send({ type: 'tick' });
  actor.send({ type: 'tock' });
  expect(heard).toEqual(['inside', 'outside']);
  expect(hiddenHandlers(machine)).toEqual(['clock: * of the root, in hand']);
});

it('[COV-8] hides no handler of a parallel state behind one of its regions without a reason', () => {
  const machines = new Map(ownRoots.flatMap(findMachines).map((machine) => [machine.id, machine]));
  expect([...machines.values()].flatMap(hiddenHandlers).toSorted()).toEqual(
    Object.keys(hidden).toSorted(),
  );
});
