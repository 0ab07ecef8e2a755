import { assign, emit, enqueueActions, raise, sendTo, setup, stopChild } from 'xstate';
import { notProvided } from '../../../src/machines/slots.ts';
import { guestMachine, type GuestConfig } from './guest.machine.ts';

export type HouseInput = { readonly street: string; readonly config: HouseConfig };
export type HouseConfig = GuestConfig & { readonly checkMs: number; readonly closingMs: number };

type HouseEvent =
  | { readonly type: 'door.opened'; readonly name: string }
  | { readonly type: 'door.closed'; readonly name: string }
  | { readonly type: 'guest.loud'; readonly name: string; readonly loudCount: number }
  | { readonly type: 'xstate.done.actor.*'; readonly actorId: string }
  | { readonly type: 'house.checked' }
  | { readonly type: 'house.lock' };

/**
 * The root of the tests of the event log: a port, children that come and go with ports of their
 * own, timers of each kind, words in all directions.
 *
 * States: open, closing (for a while), closed.
 */
export const houseMachine = setup({
  types: {
    input: {} as HouseInput,
    context: {} as HouseInput & { readonly loudCount: number; readonly checks: number },
    events: {} as HouseEvent,
    emitted: {} as { readonly type: 'house.loud'; readonly name: string; readonly count: number },
    children: {} as { door: 'door' },
  },
  actors: { door: notProvided<{ street: string }>('door'), guest: guestMachine },
  actions: {
    admit: enqueueActions(({ enqueue, context, self }, { name }: { name: string }) => {
      const id = `guest:${name}`;
      if (Object.hasOwn(self.getSnapshot().children, id)) return;
      enqueue.spawnChild('guest', { id, input: { name, config: context.config } });
    }),
    dismiss: stopChild((_, { id }: { id: string }) => id),
    count: assign({ loudCount: ({ context }) => context.loudCount + 1 }),
    announce: emit(({ context }, { name }: { name: string }) => ({
      type: 'house.loud',
      name,
      count: context.loudCount,
    })),
    check: assign({ checks: ({ context }) => context.checks + 1 }),
    checkLater: raise({ type: 'house.checked' }, { delay: 'check', id: 'check' }),
    chimeLater: sendTo('door', { type: 'door.chime' }, { delay: 'chime' }),
  },
  delays: {
    check: ({ context }) => context.config.checkMs,
    chime: ({ context }) => context.config.checkMs / 4,
    closing: ({ context }) => context.config.closingMs,
  },
}).createMachine({
  id: 'house',
  context: ({ input }) => ({ ...input, loudCount: 0, checks: 0 }),
  invoke: { src: 'door', id: 'door', input: ({ context }) => ({ street: context.street }) },
  initial: 'open',
  states: {
    open: {
      entry: 'checkLater',
      on: {
        'door.opened': {
          actions: { type: 'admit', params: ({ event }) => ({ name: event.name }) },
        },
        'house.checked': { actions: ['check', 'chimeLater', 'checkLater'] },
        'house.lock': 'closing',
      },
    },
    closing: { after: { closing: 'closed' } },
    closed: { type: 'final' },
  },
  on: {
    'door.closed': {
      actions: { type: 'dismiss', params: ({ event }) => ({ id: `guest:${event.name}` }) },
    },
    'guest.loud': {
      actions: ['count', { type: 'announce', params: ({ event }) => ({ name: event.name }) }],
    },
    'xstate.done.actor.*': {
      actions: { type: 'dismiss', params: ({ event }) => ({ id: event.actorId }) },
    },
  },
});
