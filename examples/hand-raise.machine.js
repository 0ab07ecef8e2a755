// One raised hand: it is shown, called up or taken down, and comes down by itself after a while.
import { emit, setup } from 'xstate';

export const handRaiseMachine = setup({
  delays: { patience: ({ context }) => context.patienceMs },
}).createMachine({
  id: 'hand-raise',
  context: ({ input }) => input,
  initial: 'down',
  states: {
    down: { on: { 'hand.raised': 'raised' } },
    raised: {
      entry: emit({ type: 'hand.shown' }),
      on: { 'hand.lowered': 'down', 'host.called': 'speaking' },
      after: { patience: 'down' },
    },
    speaking: { on: { 'hand.lowered': 'down' } },
  },
});
