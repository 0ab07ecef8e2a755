import { assign, enqueueActions, setup } from 'xstate';
import type { ConditionReport, ErrorInfo } from '../events.ts';
import type { Happening } from './happening.logic.ts';
import { matches } from './match.logic.ts';
import {
  HOLD_MS,
  noteFiring,
  noteHold,
  verdictOf,
  type Paces,
  type Verdict,
} from './rule-pace.logic.ts';
import { alertKeyOf, type Rule } from './rule.ts';

export type RuleInput = { readonly rule: Rule };

/** One action of a rule could not be carried out. */
export type RuleFailure = {
  readonly at: number;
  /** The command that failed, as `participant.remove`. */
  readonly action: string;
  readonly error: ErrorInfo;
};

type RuleContext = RuleInput & {
  readonly paces: Paces;
  /** Epoch milliseconds, as those below; 0 before. */
  readonly heldAt: number;
  readonly failedAt: number;
  /** When it first acted after that. */
  readonly triedAt: number;
};

export type RuleEvent =
  | { readonly type: 'rule.heard'; readonly happening: Happening }
  | ({ readonly type: 'rule.actionFailed' } & RuleFailure)
  /** To itself. */
  | { readonly type: 'rule.acted'; readonly at: number };

/** What a rule tells those who carry it out. */
export type RuleReport =
  | { readonly type: 'rule.acts'; readonly rule: Rule; readonly happening: Happening }
  | ConditionReport;

/** Longer than what any action may take: one of which nothing was heard by then went well. */
const PROOF_MS = 30_000;
const FORGET_MS = 600_000;

const holdKey = (rule: Rule): string => `${alertKeyOf(rule)}:held`;

/**
 * Follows one rule: decides when it acts, and whether that goes well.
 *
 * - `pace`: `free`; `holding` for a minute after somebody made it act too often, for whom alone it does
 *   not act meanwhile.
 * - `outcome`: `well`; `failing` after an action failed, for ten minutes; `proving` once it acted again.
 */
export const ruleMachine = setup({
  types: {} as { input: RuleInput; context: RuleContext; events: RuleEvent },
  actions: {
    act: enqueueActions(({ context, enqueue, self }, happening: Happening) => {
      const { rule, paces } = context;
      const { at } = happening;
      enqueue.assign({ paces: noteFiring(paces, happening) });
      enqueue.raise({ type: 'rule.acted', at });
      if (!self._parent) return;
      enqueue.sendTo(self._parent, { type: 'rule.acts', rule, happening } satisfies RuleReport);
    }),
    holdBack: assign(({ context: { paces } }, happening: Happening) => ({
      paces: noteHold(paces, happening),
      heldAt: happening.at,
    })),
    reportHeld: enqueueActions(
      ({ context: { rule }, enqueue, self }, { at, person }: Happening) => {
        if (!self._parent) return;
        enqueue.sendTo(self._parent, {
          type: 'condition.met',
          at,
          key: holdKey(rule),
          severity: 'warning',
          message: `the rule ${rule.name} acted too often, and holds back for a minute`,
          evidence: { rule: rule.name, identity: person?.identity ?? null },
        } satisfies RuleReport);
      },
    ),
    reportNotHeld: enqueueActions(({ context: { rule, heldAt }, enqueue, self }) => {
      if (!self._parent) return;
      const key = holdKey(rule);
      const at = heldAt + HOLD_MS;
      enqueue.sendTo(self._parent, { type: 'condition.gone', at, key } satisfies RuleReport);
    }),
    noteFailure: assign((_, { at }: RuleFailure) => ({ failedAt: at })),
    noteTry: assign((_, { at }: { at: number }) => ({ triedAt: at })),
    reportFailing: enqueueActions(
      ({ context: { rule }, enqueue, self }, { at, action, error }: RuleFailure) => {
        if (!self._parent) return;
        enqueue.sendTo(self._parent, {
          type: 'condition.met',
          at,
          key: alertKeyOf(rule),
          severity: 'warning',
          message: `the rule ${rule.name} could not do what it says: ${error.code}`,
          evidence: { rule: rule.name, action, error },
        } satisfies RuleReport);
      },
    ),
    reportWell: enqueueActions(({ context: { rule }, enqueue, self }, { at }: { at: number }) => {
      if (!self._parent) return;
      const key = alertKeyOf(rule);
      enqueue.sendTo(self._parent, { type: 'condition.gone', at, key } satisfies RuleReport);
    }),
  },
  guards: {
    isVerdict: (
      { context: { paces, rule } },
      { happening, verdict }: { happening: Happening; verdict: Verdict },
    ) => matches(rule.when, happening) && verdictOf(paces, rule, happening) === verdict,
  },
  delays: { hold: HOLD_MS, proof: PROOF_MS, forget: FORGET_MS },
}).createMachine({
  id: 'rule',
  context: ({ input }) => ({ ...input, paces: [], heldAt: 0, failedAt: 0, triedAt: 0 }),
  type: 'parallel',
  states: {
    pace: {
      on: {
        'rule.heard': [
          {
            guard: {
              type: 'isVerdict',
              params: ({ event: { happening } }) => ({ happening, verdict: 'act' }),
            },
            actions: { type: 'act', params: ({ event }) => event.happening },
          },
          {
            guard: {
              type: 'isVerdict',
              params: ({ event: { happening } }) => ({ happening, verdict: 'hold' }),
            },
            target: '.holding',
            actions: [
              { type: 'holdBack', params: ({ event }) => event.happening },
              { type: 'reportHeld', params: ({ event }) => event.happening },
            ],
          },
        ],
      },
      initial: 'free',
      states: {
        free: {},
        holding: { after: { hold: { target: 'free', actions: 'reportNotHeld' } } },
      },
    },
    outcome: {
      on: {
        'rule.actionFailed': {
          target: '.failing',
          actions: [
            { type: 'noteFailure', params: ({ event }) => event },
            { type: 'reportFailing', params: ({ event }) => event },
          ],
        },
      },
      initial: 'well',
      states: {
        well: {},
        failing: {
          on: {
            'rule.acted': {
              target: 'proving',
              actions: { type: 'noteTry', params: ({ event }) => event },
            },
          },
          after: {
            forget: {
              target: 'well',
              actions: {
                type: 'reportWell',
                params: ({ context: { failedAt } }) => ({ at: failedAt + FORGET_MS }),
              },
            },
          },
        },
        proving: {
          after: {
            proof: {
              target: 'well',
              actions: {
                type: 'reportWell',
                params: ({ context: { triedAt } }) => ({ at: triedAt + PROOF_MS }),
              },
            },
          },
        },
      },
    },
  },
});
