import { assign, enqueueActions, setup } from 'xstate';
import type { RosterEntry, RosterFact } from '../events.ts';
import { findElders, findSelf, type Claim } from './claim.logic.ts';

export type ClaimConfig = {
  /** Before the list is asked for again, where it did not come or does not name this agent yet. */
  readonly retryMs: number;
  /** How long nothing may be learned before the agent serves all the same: rather twice than not at all. */
  readonly doubtMs: number;
  /** Between two looks at the list while an earlier agent serves. */
  readonly lookMs: number;
  /** How long an earlier agent is waited for. The server keeps one that was killed for 20 s. */
  readonly standbyMs: number;
};

export type ClaimInput = Claim & {
  /** Under which this agent is in the room. */
  readonly identity: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly config: ClaimConfig;
};

export type ClaimContext = ClaimInput & {
  /** Who came earlier, at the first look: a connection that is made anew has a later time. */
  readonly elders: readonly string[];
  readonly stoodByAt: number;
  /** Why nothing is known yet. */
  readonly doubt: string;
  readonly outcome: ClaimOutcome;
};

export type ClaimOutcome = {
  readonly serves: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Why it serves without knowing whether another agent does; empty where it knows. */
  readonly doubt: string;
};

/** What a claim tells its job, beside its outcome. */
export type ClaimReport = {
  readonly type: 'claim.stoodBy';
  /** The identities of those who came earlier. */
  readonly elders: readonly string[];
};

type Listed = Extract<RosterFact, { type: 'roster.listed' }>;
type List = { readonly participants: readonly RosterEntry[] };

/** The machine's times are those of the answers, or of its own timers. */
const servesFrom = ({ at }: Listed): ClaimOutcome => ({ serves: true, at, doubt: '' });

/**
 * Finds out whether an agent of another worker serves the same already.
 *
 * - `looking`: `asking` the server's list, or `waiting` to ask again.
 * - `standingBy`: somebody came earlier. `seen` at the last look, or `missed`: one look without them
 *   is not enough, because a connection that is made anew is away for a moment.
 * - `free`: nobody else serves, or nothing could be learned.
 * - `taken`: somebody else does, to the end of the standby.
 */
export const claimMachine = setup({
  types: {} as {
    input: ClaimInput;
    context: ClaimContext;
    events: RosterFact;
    output: ClaimOutcome;
  },
  actions: {
    // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
    ask: enqueueActions(({ enqueue, self }) => {
      if (self._parent) enqueue.sendTo(self._parent, { type: 'roster.request' });
    }),
    stepBack: enqueueActions(({ context, enqueue, self }, { participants, at }: Listed) => {
      const own = findSelf(participants, context.identity);
      const elders = own ? findElders(participants, own, context) : [];
      enqueue.assign({ elders, stoodByAt: at });
      const report: ClaimReport = { type: 'claim.stoodBy', elders };
      if (self._parent) enqueue.sendTo(self._parent, report);
    }),
    doubt: assign((_, { doubt }: { doubt: string }) => ({ doubt })),
    conclude: assign((_, outcome: ClaimOutcome) => ({ outcome })),
  },
  guards: {
    isUnlisted: ({ context }, { participants }: List) =>
      findSelf(participants, context.identity) === undefined,
    isFirst: ({ context }, { participants }: List) => {
      const own = findSelf(participants, context.identity);
      return own !== undefined && findElders(participants, own, context).length === 0;
    },
    // A list without ourselves is none to conclude from.
    isElderMissing: ({ context: { identity, elders } }, { participants }: List) =>
      findSelf(participants, identity) !== undefined &&
      !elders.some((elder) => findSelf(participants, elder)),
  },
  delays: {
    retry: ({ context }) => context.config.retryMs,
    doubt: ({ context }) => context.config.doubtMs,
    look: ({ context }) => context.config.lookMs,
    standby: ({ context }) => context.config.standbyMs,
  },
}).createMachine({
  id: 'claim',
  context: ({ input }) => ({
    ...input,
    elders: [],
    stoodByAt: 0,
    doubt: 'the server did not answer',
    outcome: { serves: true, at: input.startedAt, doubt: '' },
  }),
  initial: 'looking',
  states: {
    looking: {
      initial: 'asking',
      after: {
        doubt: {
          target: 'free',
          actions: {
            type: 'conclude',
            params: ({ context: { startedAt, config, doubt } }) => ({
              serves: true,
              at: startedAt + config.doubtMs,
              doubt,
            }),
          },
        },
      },
      states: {
        asking: {
          entry: 'ask',
          on: {
            'roster.listed': [
              {
                guard: { type: 'isUnlisted', params: ({ event }) => event },
                target: 'waiting',
                actions: {
                  type: 'doubt',
                  params: { doubt: 'the server’s list does not name this agent' },
                },
              },
              {
                guard: { type: 'isFirst', params: ({ event }) => event },
                target: '#claim.free',
                actions: { type: 'conclude', params: ({ event }) => servesFrom(event) },
              },
              {
                target: '#claim.standingBy',
                actions: { type: 'stepBack', params: ({ event }) => event },
              },
            ],
            'roster.failed': {
              target: 'waiting',
              actions: {
                type: 'doubt',
                params: ({ event: { error } }) => ({ doubt: error.message }),
              },
            },
          },
        },
        waiting: {
          after: { retry: 'asking' },
        },
      },
    },
    standingBy: {
      initial: 'seen',
      after: {
        standby: {
          target: 'taken',
          actions: {
            type: 'conclude',
            params: ({ context: { stoodByAt, config } }) => ({
              serves: false,
              at: stoodByAt + config.standbyMs,
              doubt: '',
            }),
          },
        },
      },
      states: {
        seen: {
          after: { look: { target: 'seen', reenter: true, actions: 'ask' } },
          on: {
            'roster.listed': {
              guard: { type: 'isElderMissing', params: ({ event }) => event },
              target: 'missed',
            },
          },
        },
        missed: {
          after: { look: { target: 'missed', reenter: true, actions: 'ask' } },
          on: {
            'roster.listed': [
              {
                guard: { type: 'isElderMissing', params: ({ event }) => event },
                target: '#claim.free',
                actions: { type: 'conclude', params: ({ event }) => servesFrom(event) },
              },
              { target: 'seen' },
            ],
          },
        },
      },
    },
    free: { type: 'final' },
    taken: { type: 'final' },
  },
  output: ({ context }) => context.outcome,
});
