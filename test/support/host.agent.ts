import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { defineAgent } from '../../src/agents/define-agent.ts';
import { duration } from '../../src/agents/setting-types.ts';
import type { AgentFact } from '../../src/machines/events.ts';
import type { AgentInput } from '../../src/machines/job/job.events.ts';
import { plainAgent } from './plain-agent.ts';

type Metadata = { readonly greeting: string };
type Settings = { readonly PATIENCE: number };
type Input = AgentInput<Metadata, Settings>;

/** What the host does with a word of a guest: a data message on the topic `word`. */
const machine = setup({
  types: {} as {
    input: Input;
    context: Input & { readonly guests: number };
    events: AgentFact;
  },
  delays: { patience: ({ context }) => context.settings.PATIENCE },
  actions: {
    greet: enqueueActions(({ context, enqueue, event, self }) => {
      if (event.type !== 'participant.active' || !self._parent) return;
      enqueue(assign({ guests: context.guests + 1 }));
      enqueue.sendTo(self._parent, {
        type: 'data.publish',
        topic: 'greeting',
        to: [event.identity],
        payload: { text: `${context.metadata.greeting}, ${event.identity}!`, extra: [1] },
      });
    }),
    greetAtOnce: enqueueActions(({ enqueue, event, self }) => {
      if (event.type !== 'participant.connected' || !self._parent) return;
      const to = [event.participant.identity];
      const payload = { text: 'too early' };
      enqueue.sendTo(self._parent, { type: 'data.publish', topic: 'early', to, payload });
    }),
    complain: enqueueActions(({ enqueue, self }) => {
      if (!self._parent) return;
      const alert = {
        key: 'lonely',
        severity: 'info',
        message: 'nobody came',
        openedAt: Date.UTC(2026, 0, 1, 0, 0, 5),
        evidence: {},
      };
      enqueue.sendTo(self._parent, { type: 'alert.opened', alert });
    }),
    showMood: enqueueActions(({ enqueue, self }) => {
      if (!self._parent) return;
      enqueue.sendTo(self._parent, {
        type: 'participant.setAttributes',
        attributes: { mood: 'merry' },
      });
    }),
    bringSummary: enqueueActions(({ context, enqueue, self }) => {
      if (!self._parent) return;
      enqueue.sendTo(self._parent, {
        type: 'summary.made',
        summary: { guests: context.guests },
      });
    }),
    break: () => {
      throw new Error('the host fell ill');
    },
  },
  guards: {
    says: ({ event }, word: string) =>
      event.type === 'data.received' && event.topic === 'word' && event.text === word,
  },
}).createMachine({
  id: 'host',
  context: ({ input }) => ({ ...input, guests: 0 }),
  initial: 'waiting',
  on: { 'job.ending': '.done' },
  states: {
    waiting: {
      after: { patience: { actions: 'complain' } },
      on: {
        'participant.connected': { actions: 'greetAtOnce' },
        'participant.active': { target: 'hosting', actions: 'greet' },
      },
    },
    hosting: {
      initial: 'polite',
      on: {
        'participant.active': { actions: 'greet' },
        'data.received': [
          { guard: { type: 'says', params: 'break' }, actions: 'break' },
          { guard: { type: 'says', params: 'spin' }, target: '.spinning' },
          { guard: { type: 'says', params: 'cheer' }, target: '.merry' },
        ],
      },
      states: {
        polite: {},
        merry: { entry: 'showMood' },
        spinning: { after: { 0: { target: 'spinning', reenter: true } } },
      },
    },
    done: { type: 'final', entry: 'bringSummary' },
  },
});

/** A small agent that everybody can see: greets its guests, complains when nobody comes. */
export const host = defineAgent({
  ...plainAgent,
  name: 'host',
  permissions: () => ({ ...plainAgent.permissions(), hidden: false }),
  metadata: z.strictObject({ greeting: z.string().default('Hello') }),
  settings: z.object({
    PATIENCE: duration({ description: 'How long it waits.', default: '5s', atLeast: '1s' }),
  }),
  machine: () => machine,
  view: (snapshot) => ({ state: snapshot.matches('hosting') ? 'hosting' : 'alone' }),
});
