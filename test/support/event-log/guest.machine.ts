import { assign, sendParent, sendTo, setup } from 'xstate';
import type { LevelMeasured } from '../../../src/machines/events.ts';
import { notProvided } from '../../../src/machines/slots.ts';

export type GuestConfig = {
  readonly loudLevel: number;
  readonly quietMs: number;
  readonly patienceMs: number;
};

export type LevelsCommand = { readonly type: 'levels.pace'; readonly paceMs: number };

type GuestInput = { readonly name: string; readonly config: GuestConfig };

/**
 * One guest of the house, for the tests of the event log: present (quiet, loud) until its patience
 * is over, then gone.
 */
export const guestMachine = setup({
  types: {
    input: {} as GuestInput,
    context: {} as GuestInput & { readonly peak: number; readonly loudCount: number },
    events: {} as LevelMeasured,
  },
  actors: { levels: notProvided<{ name: string }, LevelsCommand>('levels') },
  actions: {
    keepPeak: assign({
      peak: ({ context }, { rms }: { rms: number }) => Math.max(context.peak, rms),
      loudCount: ({ context }) => context.loudCount + 1,
    }),
    reportLoud: sendParent(({ context }) => ({
      type: 'guest.loud',
      name: context.name,
      loudCount: context.loudCount,
    })),
    askForPace: sendTo('levels', ({ context }) => ({
      type: 'levels.pace',
      paceMs: context.loudCount % 2 === 0 ? 100 : 200,
    })),
  },
  guards: {
    isLoud: ({ context }, { rms }: { rms: number }) => rms > context.config.loudLevel,
  },
  delays: {
    quietAgain: ({ context }) => context.config.quietMs,
    patience: ({ context }) => context.config.patienceMs,
  },
}).createMachine({
  id: 'guest',
  context: ({ input }) => ({ ...input, peak: 0, loudCount: 0 }),
  initial: 'present',
  states: {
    present: {
      invoke: { src: 'levels', id: 'levels', input: ({ context }) => ({ name: context.name }) },
      after: { patience: 'gone' },
      initial: 'quiet',
      on: {
        'audio.levelMeasured': {
          guard: { type: 'isLoud', params: ({ event }) => ({ rms: event.rms }) },
          target: '.loud',
          reenter: false,
          actions: { type: 'keepPeak', params: ({ event }) => ({ rms: event.rms }) },
        },
      },
      states: {
        quiet: {},
        loud: { entry: ['askForPace', 'reportLoud'], after: { quietAgain: 'quiet' } },
      },
    },
    gone: { type: 'final' },
  },
});
