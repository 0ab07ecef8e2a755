// A queue of raised hands. On topic `raise-hand` everybody sends `raise` or `lower`, and the host `next`.
import { defineAgent } from 'greenroom';
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';

const MAX_HANDS = 200;
const says = ({ topic, text, sender }, word) => topic === 'raise-hand' && text === word && sender;

const raiseHandMachine = setup({
  actions: {
    raise: assign(({ context }, { sender }) => ({ hands: [...context.hands, sender.identity] })),
    lower: assign(({ context }, { identity }) => ({
      hands: context.hands.filter((hand) => hand !== identity),
    })),
    callUp: assign(({ context: { hands } }) => ({ speaker: hands[0], hands: hands.slice(1) })),
    sitDown: assign(({ context }) => ({ speaker: null, turns: context.turns + 1 })),
    // The parent is the job: it takes commands to the room and reports.
    tellAll: enqueueActions(({ context: { speaker, hands }, enqueue, self }) => {
      const payload = { type: 'hands', speaker, hands };
      const message = { type: 'data.publish', topic: 'hands', to: 'everybody', payload };
      enqueue.sendTo(self._parent, message);
    }),
    bringSummary: enqueueActions(({ context: { turns }, enqueue, self }) => {
      enqueue.sendTo(self._parent, { type: 'summary.made', summary: { turns } });
    }),
  },
  guards: {
    raises: ({ context: { hands, speaker } }, fact) =>
      says(fact, 'raise') &&
      ![speaker, ...hands].includes(fact.sender.identity) &&
      hands.length < MAX_HANDS,
    lowers: ({ context }, fact) =>
      says(fact, 'lower') && context.hands.includes(fact.sender.identity),
    callsNext: ({ context: { metadata, hands } }, fact) =>
      says(fact, 'next') && fact.sender.identity === metadata.host && hands.length > 0,
    isWaiting: ({ context }, { identity }) => context.hands.includes(identity),
    isSpeaker: ({ context }, { identity }) => context.speaker === identity,
  },
  delays: { turn: ({ context }) => context.metadata.turn_seconds * 1000 },
}).createMachine({
  id: 'raise-hand',
  context: ({ input }) => ({ ...input, hands: [], speaker: null, turns: 0 }),
  on: {
    'data.received': [
      {
        guard: { type: 'raises', params: ({ event }) => event },
        actions: [{ type: 'raise', params: ({ event }) => event }, 'tellAll'],
      },
      {
        guard: { type: 'lowers', params: ({ event }) => event },
        actions: [{ type: 'lower', params: ({ event }) => event.sender }, 'tellAll'],
      },
      { guard: { type: 'callsNext', params: ({ event }) => event }, target: '.speaking' },
    ],
    'participant.disconnected': {
      guard: { type: 'isWaiting', params: ({ event }) => event },
      actions: [{ type: 'lower', params: ({ event }) => event }, 'tellAll'],
    },
    'job.ending': '.done',
  },
  initial: 'silent',
  states: {
    silent: {},
    speaking: {
      entry: ['callUp', 'tellAll'],
      exit: ['sitDown', 'tellAll'],
      on: {
        'participant.disconnected': {
          guard: { type: 'isSpeaker', params: ({ event }) => event },
          target: 'silent',
        },
      },
      after: { turn: 'silent' },
    },
    done: { type: 'final', entry: 'bringSummary' },
  },
});

export default defineAgent({
  name: 'raise-hand',
  jobType: 'room',
  metadata: z.strictObject({
    host: z.string().min(1),
    turn_seconds: z.number().int().min(1).max(3600).default(120),
  }),
  settings: z.object({}),
  permissions: () => ({
    canSubscribe: true,
    canPublish: false,
    canPublishData: true,
    canUpdateMetadata: false,
    hidden: true,
  }),
  machine: () => raiseHandMachine,
  view: ({ value, context }) => ({
    state: String(value),
    speaker: context.speaker,
    hands: context.hands,
  }),
});
