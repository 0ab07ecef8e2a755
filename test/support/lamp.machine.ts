import { assign, raise, setup } from 'xstate';

/**
 * A machine with one of everything that a chart shows: a guard, actions, regions, a timer of a state, an
 * event that it sends itself later, a transition that stays inside its state, and an end with an output.
 */
export const lampMachine = setup({
  types: {} as {
    context: { hums: number };
    events:
      | { type: 'push' }
      | { type: 'turn' }
      | { type: 'hum' }
      | { type: 'break' }
      | { type: 'burst' }
      | { type: 'lamp.checked' };
    output: { hums: number };
  },
  delays: { graceMs: 90_000, checkMs: 3_600_000 },
  guards: { isWhole: () => true },
  actions: {
    glow: () => {},
    checkLater: raise({ type: 'lamp.checked' }, { delay: 'checkMs', id: 'check' }),
    burst: () => {
      throw new Error('the glass is gone');
    },
    countHum: assign({ hums: ({ context }) => context.hums + 1 }),
  },
}).createMachine({
  id: 'lamp',
  context: { hums: 0 },
  initial: 'off',
  states: {
    off: { on: { push: { guard: 'isWhole', target: 'on', actions: 'glow' } } },
    on: {
      type: 'parallel',
      entry: 'checkLater',
      after: { graceMs: 'off' },
      on: {
        push: 'off',
        hum: { actions: 'countHum' },
        break: 'broken',
        burst: { actions: 'burst' },
      },
      states: {
        bulb: {
          initial: 'dim',
          states: { dim: { on: { turn: 'bright' } }, bright: { on: { turn: 'dim' } } },
        },
        fan: { initial: 'still', states: { still: {}, spinning: {} } },
      },
    },
    broken: { type: 'final' },
  },
  output: ({ context }) => ({ hums: context.hums }),
});
