import { assign, emit, raise, setup } from 'xstate';
import type { SessionHealth } from '../events.ts';
import type { JobsFact } from '../worker/events.ts';

export type SupervisorInput = { readonly reportEveryMs: number };

/** What is known of one running session. */
type Supervised = { readonly health: SessionHealth | null; readonly alertsOpen: number };

export type SupervisorContext = SupervisorInput & {
  readonly sessions: Readonly<Record<string, Supervised>>;
};

/** What the supervisor hears of the jobs. A job that broke is told as one that ended. */
export type SupervisorFact = Exclude<JobsFact, { type: 'job.ending' | 'job.failed' }>;

export type SupervisorEvent = SupervisorFact | { readonly type: 'report.due' };

/** The health of all sessions of a worker, counted. */
export type HealthReport = {
  readonly type: 'health.reported';
  readonly sessions: number;
  /** Sessions whose participant is in the room. */
  readonly active: number;
  readonly speaking: number;
  readonly poorQuality: number;
  readonly suspect: number;
  readonly alertsOpen: number;
};

const newcomer: Supervised = { health: null, alertsOpen: 0 };

/**
 * Counts the sessions of a worker and reports their health at intervals.
 *
 * It has one state, `watching`: it decides nothing and restarts nobody.
 *
 * Limit: as many sessions as the worker runs jobs.
 */
export const supervisorMachine = setup({
  types: {} as {
    input: SupervisorInput;
    context: SupervisorContext;
    events: SupervisorEvent;
    emitted: HealthReport;
  },
  actions: {
    add: assign(({ context }, { jobId }: { jobId: string }) => ({
      sessions: { ...context.sessions, [jobId]: newcomer },
    })),
    remove: assign(({ context }, { jobId }: { jobId: string }) => ({
      sessions: Object.fromEntries(Object.entries(context.sessions).filter(([id]) => id !== jobId)),
    })),
    keepHealth: assign(
      ({ context }, { jobId, health }: { jobId: string; health: SessionHealth }) => ({
        sessions: { ...context.sessions, [jobId]: { ...sessionOf(context, jobId), health } },
      }),
    ),
    countAlerts: assign(({ context }, { jobId, by }: { jobId: string; by: 1 | -1 }) => {
      const session = sessionOf(context, jobId);
      const alertsOpen = Math.max(0, session.alertsOpen + by);
      return { sessions: { ...context.sessions, [jobId]: { ...session, alertsOpen } } };
    }),
    report: emit(({ context }) => healthReport(context)),
    scheduleReport: raise({ type: 'report.due' }, { id: 'report', delay: 'reportEvery' }),
  },
  guards: {
    isHere: ({ context }, { jobId }: { jobId: string }) => jobId in context.sessions,
  },
  delays: {
    reportEvery: ({ context }) => context.reportEveryMs,
  },
}).createMachine({
  id: 'supervisor',
  context: ({ input }) => ({ ...input, sessions: {} }),
  initial: 'watching',
  states: {
    watching: {
      entry: 'scheduleReport',
      on: {
        'job.joined': { actions: { type: 'add', params: ({ event }) => event } },
        'job.ended': { actions: { type: 'remove', params: ({ event }) => event } },
        'job.healthChanged': {
          guard: { type: 'isHere', params: ({ event }) => event },
          actions: { type: 'keepHealth', params: ({ event }) => event },
        },
        'job.alertOpened': {
          guard: { type: 'isHere', params: ({ event }) => event },
          actions: { type: 'countAlerts', params: ({ event }) => ({ ...event, by: 1 }) },
        },
        'job.alertResolved': {
          guard: { type: 'isHere', params: ({ event }) => event },
          actions: { type: 'countAlerts', params: ({ event }) => ({ ...event, by: -1 }) },
        },
        'report.due': { actions: ['report', 'scheduleReport'] },
      },
    },
  },
});

const sessionOf = ({ sessions }: SupervisorContext, jobId: string): Supervised =>
  sessions[jobId] ?? newcomer;

/** Counts the sessions as they are now. */
function healthReport({ sessions }: SupervisorContext): HealthReport {
  const all = Object.values(sessions);
  const countWhere = (is: (health: SessionHealth) => boolean): number =>
    all.filter(({ health }) => health !== null && is(health)).length;
  return {
    type: 'health.reported',
    sessions: all.length,
    active: countWhere(({ active }) => active),
    speaking: countWhere(({ speaking }) => speaking),
    poorQuality: countWhere(({ poorQuality }) => poorQuality),
    suspect: countWhere(({ suspect }) => suspect),
    alertsOpen: all.reduce((sum, { alertsOpen }) => sum + alertsOpen, 0),
  };
}
