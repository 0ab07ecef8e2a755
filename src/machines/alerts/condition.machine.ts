import { assign, enqueueActions, setup, stateIn } from 'xstate';
import type { Alert, AlertReport } from '../events.ts';
import {
  isSameWords,
  newAlert,
  resolved,
  updated,
  type ConditionGone,
  type ConditionMet,
} from './alert.logic.ts';

export type ConditionInput = {
  /** The report that begins it. */
  readonly met: ConditionMet;
  /** Two tellings of one open alert are at least this far apart. */
  readonly updateEveryMs: number;
};

export type ConditionContext = {
  readonly openAfterMs: number;
  readonly resolveAfterMs: number;
  readonly updateEveryMs: number;
  /** As the latest report has it, told or not. */
  readonly alert: Alert;
  readonly goneAt: number;
};

export type ConditionOutput = { readonly goneAt: number };

/**
 * Makes one alert of one condition, from the first report of it until it is gone for long enough.
 *
 * - `pending`: met, and not yet for `openAfterMs`; gone before that it is `passed`, and nobody hears of it.
 * - `open`: side by side
 *   - `presence`: `met`; `settling`, gone and not yet for `resolveAfterMs`: met again it is the same alert.
 *   - `telling`: `free`; `pausing` for `updateEveryMs` after it was told, with `nothingNew` or with
 *     something `new`, which is told at the end of that time. The resolved alert has the latest words.
 * - `resolved`.
 */
export const conditionMachine = setup({
  types: {} as {
    input: ConditionInput;
    context: ConditionContext;
    events: ConditionMet | ConditionGone;
    output: ConditionOutput;
  },
  actions: {
    reword: assign(({ context: { alert } }, met: ConditionMet) => ({
      alert: newAlert(alert.key, alert.openedAt, met),
    })),
    update: assign(({ context: { alert } }, met: ConditionMet) => ({
      alert: updated(alert, met.at, met),
    })),
    noteGone: assign((_, { at }: ConditionGone) => ({ goneAt: at })),
    // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
    tell: enqueueActions(({ context, enqueue, self }, { type }: Pick<AlertReport, 'type'>) => {
      const { alert, goneAt } = context;
      if (!self._parent) return;
      const told = type === 'alert.resolved' ? resolved(alert, goneAt) : alert;
      enqueue.sendTo(self._parent, { type, alert: told });
    }),
  },
  guards: {
    opensAtOnce: ({ context }) => context.openAfterMs === 0,
    resolvesAtOnce: ({ context }) => context.resolveAfterMs === 0,
    isNew: ({ context: { alert } }, met: ConditionMet) => !isSameWords(alert, met),
  },
  delays: {
    openAfter: ({ context }) => context.openAfterMs,
    resolveAfter: ({ context }) => context.resolveAfterMs,
    updateEvery: ({ context }) => context.updateEveryMs,
  },
}).createMachine({
  id: 'condition',
  context: ({ input: { met, updateEveryMs } }) => ({
    openAfterMs: met.openAfterMs ?? 0,
    resolveAfterMs: met.resolveAfterMs ?? 0,
    updateEveryMs,
    alert: newAlert(met.key, met.at, met),
    goneAt: met.at,
  }),
  initial: 'pending',
  states: {
    pending: {
      always: { guard: 'opensAtOnce', target: 'open' },
      on: {
        'condition.met': { actions: { type: 'reword', params: ({ event }) => event } },
        'condition.gone': {
          target: 'passed',
          actions: { type: 'noteGone', params: ({ event }) => event },
        },
      },
      after: { openAfter: 'open' },
    },
    open: {
      entry: { type: 'tell', params: { type: 'alert.opened' } },
      type: 'parallel',
      states: {
        presence: {
          initial: 'met',
          states: {
            met: {
              on: {
                'condition.gone': [
                  {
                    guard: 'resolvesAtOnce',
                    target: '#condition.resolved',
                    actions: { type: 'noteGone', params: ({ event }) => event },
                  },
                  {
                    target: 'settling',
                    actions: { type: 'noteGone', params: ({ event }) => event },
                  },
                ],
              },
            },
            settling: {
              on: { 'condition.met': 'met' },
              after: { resolveAfter: '#condition.resolved' },
            },
          },
        },
        telling: {
          // Whoever was told of the opening shall not hear of a change a moment later.
          initial: 'pausing',
          states: {
            free: {
              on: {
                'condition.met': {
                  guard: { type: 'isNew', params: ({ event }) => event },
                  target: 'pausing',
                  actions: [
                    { type: 'update', params: ({ event }) => event },
                    { type: 'tell', params: { type: 'alert.updated' } },
                  ],
                },
              },
            },
            pausing: {
              initial: 'nothingNew',
              after: {
                updateEvery: [
                  {
                    guard: stateIn({ open: { telling: { pausing: 'new' } } }),
                    target: 'pausing',
                    reenter: true,
                    actions: { type: 'tell', params: { type: 'alert.updated' } },
                  },
                  { target: 'free' },
                ],
              },
              states: {
                nothingNew: {
                  on: {
                    'condition.met': {
                      guard: { type: 'isNew', params: ({ event }) => event },
                      target: 'new',
                      actions: { type: 'update', params: ({ event }) => event },
                    },
                  },
                },
                new: {
                  on: {
                    'condition.met': {
                      guard: { type: 'isNew', params: ({ event }) => event },
                      actions: { type: 'update', params: ({ event }) => event },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    passed: { type: 'final' },
    resolved: { type: 'final', entry: { type: 'tell', params: { type: 'alert.resolved' } } },
  },
  output: ({ context: { goneAt } }) => ({ goneAt }),
});
