import { and, not, or, setup, stateIn } from 'xstate';
import { expect, it } from 'vitest';
import { machineTransitions } from '../../../src/io/coverage/machine-transitions.ts';
import { guestMachine } from '../../support/event-log/guest.machine.ts';

const doorMachine = setup({
  types: {} as { events: { type: 'knock' } | { type: 'key.turned' } | { type: 'leave' } },
  actions: { greet: () => {}, turn: () => {} },
  guards: {
    isFriend: () => true,
    isNight: () => true,
    is: (_, { who }: { who: string }) => who !== '',
  },
  delays: { patience: 100 },
  actors: { guest: guestMachine },
}).createMachine({
  id: 'door',
  on: { leave: { target: '.closed', reenter: true } },
  initial: 'closed',
  states: {
    closed: {
      on: {
        knock: [
          { guard: { type: 'is', params: { who: 'alice' } }, target: 'open', actions: 'greet' },
          { guard: { type: 'is', params: { who: 'bob' } }, target: 'open' },
          { guard: and(['isFriend', not('isNight')]), target: 'open' },
          { guard: or([stateIn('closed'), 'isFriend']) },
          { actions: ['turn', { type: 'greet' }] },
        ],
        'key.*': 'open.wide',
      },
      after: { patience: 'open' },
    },
    open: {
      initial: 'wide',
      states: { wide: { after: { 250: 'gone' } }, gone: { type: 'final' } },
      onDone: 'closed',
      always: { guard: 'isNight', target: 'closed' },
      invoke: {
        id: 'visitor',
        src: 'guest',
        input: { name: 'ann', config: { loudLevel: 1, quietMs: 1, patienceMs: 1 } },
        onDone: 'closed',
        onError: '#door.closed',
        onSnapshot: { actions: 'greet' },
      },
    },
  },
});

it('[COV-1] names each transition by place, event, guard and target, and tells candidates apart', () => {
  expect(machineTransitions(doorMachine).map(({ key }) => key)).toEqual([
    '(root): leave -> closed',
    'closed: knock [is] -> open',
    'closed: knock [is] -> open (2)',
    'closed: knock [(isFriend and not isNight)] -> open',
    'closed: knock [(stateIn or isFriend)]',
    'closed: knock',
    'closed: key.* -> open.wide',
    'closed: after patience -> open',
    'open: done -> closed',
    'open: done visitor -> closed',
    'open: error visitor -> closed',
    'open: snapshot visitor',
    'open: always [isNight] -> closed',
    'open.wide: after 250 -> open.gone',
  ]);
});

it('[COV-1] gives a transition as plain data', () => {
  const transitions = machineTransitions(doorMachine);
  expect(transitions[0]).toEqual({
    key: '(root): leave -> closed',
    source: '',
    trigger: 'leave',
    guard: null,
    index: 0,
    targets: ['closed'],
    reenter: true,
    actions: [],
  });
  expect(transitions[5]).toMatchObject({ index: 4, targets: [], actions: ['turn', 'greet'] });
});

it('[COV-1] names the same with other implementations', () => {
  const quiet = doorMachine.provide({ actions: { greet: () => {} } });
  expect(machineTransitions(quiet)).toEqual(machineTransitions(doorMachine));
});
