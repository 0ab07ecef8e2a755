import { assign, enqueueActions, setup, type DoneActorEvent } from 'xstate';
import type {
  AgentCommand,
  AgentFact,
  AgentReport,
  EndReason,
  RoomFact,
  RoomFactOf,
  RosterEntry,
  StatsFact,
} from '../events.ts';
import { notProvided } from '../slots.ts';
import { sumOf } from './census.logic.ts';
import { noteRoster } from './entries.logic.ts';
import { figuresOf, roomStatus, summaryOf } from './figures.logic.ts';
import {
  isOrderKnown,
  limitEvaded,
  limitExceeded,
  limitUnenforced,
  overBy,
} from './participant-limit.logic.ts';
import {
  participantRemovalMachine,
  removalId,
  type RemovalReport,
} from './participant-removal.machine.ts';
import type { Person } from './person.logic.ts';
import { planRemovals, type RemovalPlan } from './removal-plan.logic.ts';
import type { RoomAnalyticsContext, RoomAnalyticsInput } from './room-analytics.context.ts';
import { noteFact, noteHeld, noteSettled, type Noted } from './room-note.logic.ts';

export type RoomAnalyticsEvent =
  | AgentFact
  | StatsFact
  | AgentCommand
  | RemovalReport
  /** Others are in the room than before. */
  | { readonly type: 'room.moved' }
  | { readonly type: 'status.made' }
  | DoneActorEvent;

type At = { readonly at: number };
type Over = { readonly over: readonly Person[] };
type Failed = Extract<RemovalReport, { type: 'removal.failed' }>;

/** Without a limit nothing is over it; the number is only for messages then. */
const limitOf = ({ config }: RoomAnalyticsContext): number => config.limit ?? 0;

export const roomAnalyticsSetup = setup({
  types: {} as {
    input: RoomAnalyticsInput;
    context: RoomAnalyticsContext;
    events: RoomAnalyticsEvent;
  },
  actors: {
    removal: participantRemovalMachine,
    stats: notProvided<Record<string, never>>('stats'),
  },
  actions: {
    note: enqueueActions(({ context, enqueue, self }, fact: RoomFact | StatsFact) => {
      const { context: known, told, hasMoved }: Noted = noteFact(context, fact);
      enqueue.assign(known);
      if (hasMoved) enqueue.raise({ type: 'room.moved' });
      if (!self._parent) return;
      for (const command of told) enqueue.sendTo(self._parent, command);
    }),
    hold: assign(({ context }, fact: Parameters<typeof noteHeld>[1]) => noteHeld(context, fact)),
    settle: enqueueActions(({ context, enqueue, self }) => {
      const { context: known, told, hasMoved } = noteSettled(context);
      enqueue.assign(known);
      if (hasMoved) enqueue.raise({ type: 'room.moved' });
      if (!self._parent) return;
      for (const command of told) enqueue.sendTo(self._parent, command);
    }),
    // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
    tellJob: enqueueActions(({ enqueue, self }, report: AgentReport | AgentCommand) => {
      if (self._parent) enqueue.sendTo(self._parent, report);
    }),
    reportStatus: enqueueActions(({ context, enqueue, self }, { at }: At) => {
      enqueue.assign({ statusAt: at, seenAt: at });
      enqueue.raise({ type: 'status.made' });
      if (!self._parent) return;
      const figures = figuresOf(context, 'active', at);
      enqueue.sendTo(self._parent, { type: 'figures.reported', figures });
      enqueue.sendTo(self._parent, roomStatus(figures, at));
    }),
    bringSummary: enqueueActions(
      ({ context, enqueue, self }, { at, reason }: At & { reason: EndReason }) => {
        if (!self._parent) return;
        const figures = figuresOf(context, 'ended', at);
        enqueue.sendTo(self._parent, { type: 'figures.reported', figures });
        enqueue.sendTo(self._parent, roomStatus(figures, at));
        enqueue.sendTo(self._parent, {
          type: 'summary.made',
          summary: summaryOf(context, reason, at),
        });
        enqueue.sendTo(self._parent, { type: 'job.end', reason });
      },
    ),
    reportOver: enqueueActions(({ context, enqueue, self }, { over }: Over) => {
      if (!self._parent) return;
      const { census, seenAt } = context;
      enqueue.sendTo(self._parent, limitExceeded(seenAt, limitOf(context), census, over));
    }),
    reportWithin: enqueueActions(({ context: { seenAt: at }, enqueue, self }) => {
      if (!self._parent) return;
      enqueue.sendTo(self._parent, { type: 'condition.gone', at, key: 'participant_limit' });
    }),
    orderByRoster: assign(
      ({ context }, { participants }: { participants: readonly RosterEntry[] }) => ({
        census: noteRoster(context.census, participants),
      }),
    ),
    followRemovals: enqueueActions(({ context, enqueue, self }, { over }: Over) => {
      const { gone, spared, begun, evading, pastRemovals }: RemovalPlan = planRemovals(
        context,
        over,
      );
      const { job, config, seenAt: at } = context;
      for (const { sid } of gone) enqueue.sendTo(removalId(sid), { type: 'removal.left' });
      for (const { sid } of spared) enqueue.sendTo(removalId(sid), { type: 'removal.cancel' });
      for (const { identity, sid, active } of begun) {
        enqueue.spawnChild('removal', {
          id: removalId(sid),
          input: {
            job,
            who: { identity, sid },
            active,
            limit: limitOf(context),
            at,
            config: config.removal,
          },
        });
      }
      const ended = new Set([...gone, ...spared].map(({ sid }) => sid));
      const removing = [
        ...context.removing.filter(({ sid }) => !ended.has(sid)),
        ...begun.map(({ identity, sid }) => ({ identity, sid })),
      ];
      const unremoved = context.unremoved.filter((name) =>
        removing.some(({ identity }) => identity === name),
      );
      enqueue.assign({ removing, unremoved, evading, pastRemovals });
      if (!self._parent) return;
      if (evading.some((identity) => !context.evading.includes(identity))) {
        enqueue.sendTo(self._parent, limitEvaded(at, limitOf(context), evading));
      }
      if (evading.length === 0 && context.evading.length > 0) {
        enqueue.sendTo(self._parent, {
          type: 'condition.gone',
          at,
          key: 'participant_limit_evaded',
        });
      }
      if (unremoved.length === 0 && context.unremoved.length > 0) {
        enqueue.sendTo(self._parent, {
          type: 'condition.gone',
          at,
          key: 'participant_limit_unenforced',
        });
      }
    }),
    activateRemoval: enqueueActions(({ context, enqueue }, { sid, at }: At & { sid: string }) => {
      if (!context.removing.some((ref) => ref.sid === sid)) return;
      enqueue.sendTo(removalId(sid), { type: 'removal.active', at });
    }),
    refuseRemoval: enqueueActions(
      ({ context, enqueue }, { at, requestId, error }: RoomFactOf<'command.failed'>) => {
        const refused = context.removing.find(({ sid }) => removalId(sid) === requestId);
        if (!refused) return;
        const problem = error.message;
        enqueue.sendTo(removalId(refused.sid), { type: 'removal.refused', at, problem });
      },
    ),
    retryRemovals: enqueueActions(({ context, enqueue }) => {
      const { removing, unremoved, seenAt: at } = context;
      for (const { identity, sid } of removing) {
        if (!unremoved.includes(identity)) continue;
        enqueue.sendTo(removalId(sid), { type: 'removal.retry', at });
      }
    }),
    notePastRemoval: assign(({ context }, { identity, at }: At & { identity: string }) => ({
      pastRemovals: [...context.pastRemovals, { identity, at }],
    })),
    countRemoval: assign(({ context }) => ({ removals: context.removals + 1 })),
    noteUnremoved: enqueueActions(
      ({ context, enqueue, self }, { identity, at, problem }: Failed) => {
        const unremoved = [...new Set([...context.unremoved, identity])];
        enqueue.assign({ unremoved });
        if (!self._parent) return;
        enqueue.sendTo(self._parent, limitUnenforced(at, limitOf(context), unremoved, problem));
      },
    ),
    reap: enqueueActions(({ enqueue }, { actorId }: { actorId: string }) => {
      enqueue.stopChild(actorId);
    }),
  },
  guards: {
    hasLimit: ({ context }) => context.config.limit !== null,
    isOver: ({ context }) => overBy(context.census, context.config.limit) > 0,
    isWithin: ({ context }) => overBy(context.census, context.config.limit) === 0,
    isAlertOnly: ({ context }) => !context.config.isEnforced,
    isOrderKnown: ({ context }) => isOrderKnown(context.census, context.config.limit),
    isMeasuring: ({ context }) => context.config.measuresTracks && sumOf(context.census.tracks) > 0,
    isUnmeasured: ({ context }) => sumOf(context.census.tracks) === 0,
  },
  delays: {
    status: ({ context }) => context.config.statusMs,
    settle: ({ context }) => context.config.settleMs,
    roster: ({ context }) => context.config.rosterMs,
  },
});
