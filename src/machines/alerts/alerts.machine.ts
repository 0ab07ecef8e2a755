import { assign, enqueueActions, sendTo, setup, type DoneActorEvent } from 'xstate';
import type { AlertReport, ConditionReport } from '../events.ts';
import type { ConditionGone, ConditionMet } from './alert.logic.ts';
import { conditionMachine, type ConditionOutput } from './condition.machine.ts';

export type AlertsInput = {
  /** Conditions that are followed at once. */
  readonly maxConditions: number;
  /** Two tellings of one open alert are at least this far apart. */
  readonly updateEveryMs: number;
};

export type AlertsContext = AlertsInput & {
  /** Of the conditions that are followed. */
  readonly keys: readonly string[];
  /** Reports of conditions that were not taken, since the overflow began. */
  readonly refused: number;
};

export type AlertsEvent = ConditionReport | AlertReport | DoneActorEvent<ConditionOutput>;

/** The alert of an agent that reports of more conditions than are followed. */
export const OVERFLOW_KEY = 'alerts_overflow';
const OVERFLOW_ID = 'overflow';
/** A full list that frees a place and takes the next condition is still a full one. */
const OVERFLOW_RESOLVES_AFTER_MS = 10_000;

export const conditionActorId = (key: string): string => `condition:${key}`;

/** The overflow is a condition as any other. */
const overflow = ({ maxConditions, refused }: AlertsContext, at: number): ConditionMet => ({
  type: 'condition.met',
  at,
  key: OVERFLOW_KEY,
  severity: 'warning',
  message: 'more conditions are met than are followed',
  evidence: { followed: maxConditions, reportsRefused: refused },
  resolveAfterMs: OVERFLOW_RESOLVES_AFTER_MS,
});

const toldToCondition = {
  guard: { type: 'isFollowed' as const, params: ({ event }: { event: ConditionReport }) => event },
  actions: {
    type: 'tellCondition' as const,
    params: ({ event }: { event: ConditionReport }) => event,
  },
};

const followed = {
  guard: 'isRoomLeft' as const,
  actions: { type: 'follow' as const, params: ({ event }: { event: ConditionMet }) => event },
};

/**
 * Makes alerts of the conditions that an agent reports: each condition that is met is an actor of its
 * own (`condition`), which ends when it is gone.
 *
 * Limit: `maxConditions`. While so many are followed, a report of another is not taken but counted in
 * the alert `alerts_overflow`; it is taken when it is reported again and there is a place.
 *
 * - `roomy`: no report was refused.
 * - `overflowing`: some were, and the alert of it is not yet resolved.
 */
export const alertsMachine = setup({
  types: {} as { input: AlertsInput; context: AlertsContext; events: AlertsEvent },
  actors: { condition: conditionMachine },
  actions: {
    follow: enqueueActions(({ context: { keys, updateEveryMs }, enqueue }, met: ConditionMet) => {
      enqueue.assign({ keys: [...keys, met.key] });
      enqueue.spawnChild('condition', {
        id: conditionActorId(met.key),
        input: { met, updateEveryMs },
      });
    }),
    tellCondition: enqueueActions(({ enqueue }, report: ConditionReport) => {
      enqueue.sendTo(conditionActorId(report.key), report);
    }),
    countRefused: assign(({ context: { refused } }) => ({ refused: refused + 1 })),
    overflow: enqueueActions(({ context, enqueue }, { at }: { at: number }) => {
      const input = { met: overflow(context, at), updateEveryMs: context.updateEveryMs };
      enqueue.spawnChild('condition', { id: OVERFLOW_ID, input });
    }),
    tellOverflow: sendTo(OVERFLOW_ID, ({ context }, { at }: { at: number }) =>
      overflow(context, at),
    ),
    settleOverflow: sendTo(OVERFLOW_ID, (_, { goneAt }: ConditionOutput): ConditionGone => ({
      type: 'condition.gone',
      at: goneAt,
      key: OVERFLOW_KEY,
    })),
    forgetRefused: assign({ refused: 0 }),
    release: enqueueActions(({ context: { keys }, enqueue }, { actorId }: { actorId: string }) => {
      // A finished child stays in `children` until it is stopped.
      enqueue.stopChild(actorId);
      enqueue.assign({ keys: keys.filter((key) => conditionActorId(key) !== actorId) });
    }),
    // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
    tellJob: enqueueActions(({ enqueue, self }, report: AlertReport) => {
      if (self._parent) enqueue.sendTo(self._parent, report);
    }),
  },
  guards: {
    isFollowed: ({ context }, { key }: { key: string }) => context.keys.includes(key),
    isRoomLeft: ({ context: { keys, maxConditions } }) => keys.length < maxConditions,
    isOfOverflow: (_, { actorId }: { actorId: string }) => actorId === OVERFLOW_ID,
  },
}).createMachine({
  id: 'alerts',
  context: ({ input }) => ({ ...input, keys: [], refused: 0 }),
  initial: 'roomy',
  on: {
    'condition.gone': toldToCondition,
    'alert.opened': { actions: { type: 'tellJob', params: ({ event }) => event } },
    'alert.updated': { actions: { type: 'tellJob', params: ({ event }) => event } },
    'alert.resolved': { actions: { type: 'tellJob', params: ({ event }) => event } },
  },
  states: {
    roomy: {
      on: {
        'condition.met': [
          toldToCondition,
          followed,
          {
            target: 'overflowing',
            actions: ['countRefused', { type: 'overflow', params: ({ event }) => event }],
          },
        ],
        'xstate.done.actor.*': { actions: { type: 'release', params: ({ event }) => event } },
      },
    },
    overflowing: {
      on: {
        'condition.met': [
          toldToCondition,
          followed,
          { actions: ['countRefused', { type: 'tellOverflow', params: ({ event }) => event }] },
        ],
        'xstate.done.actor.*': [
          {
            guard: { type: 'isOfOverflow', params: ({ event }) => event },
            target: 'roomy',
            actions: ['forgetRefused', { type: 'release', params: ({ event }) => event }],
          },
          {
            actions: [
              { type: 'release', params: ({ event }) => event },
              { type: 'settleOverflow', params: ({ event }) => event.output },
            ],
          },
        ],
      },
    },
  },
});
