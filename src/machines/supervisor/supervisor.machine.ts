import { assign, emit, raise, setup } from 'xstate';
import type { Alert, AlertSeverity, SessionHealth } from '../events.ts';
import type { JobsFact } from '../worker/events.ts';

export type SupervisorInput = { readonly reportEveryMs: number };

/** What is known of one running session. */
type Supervised = {
  readonly health: SessionHealth | null;
  /** Of the alerts that are open, by key: as many as a job opens. */
  readonly alerts: Readonly<Record<string, AlertSeverity>>;
};

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
  readonly alertsOpenBySeverity: Readonly<Record<AlertSeverity, number>>;
};

type AboutAlert = { readonly jobId: string; readonly alert: Alert };

const newcomer: Supervised = { health: null, alerts: {} };

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
    keepAlert: assign(({ context }, { jobId, alert }: AboutAlert) => {
      const session = sessionOf(context, jobId);
      const alerts = { ...session.alerts, [alert.key]: alert.severity };
      return { sessions: { ...context.sessions, [jobId]: { ...session, alerts } } };
    }),
    dropAlert: assign(({ context }, { jobId, alert }: AboutAlert) => {
      const session = sessionOf(context, jobId);
      const alerts = Object.fromEntries(
        Object.entries(session.alerts).filter(([key]) => key !== alert.key),
      );
      return { sessions: { ...context.sessions, [jobId]: { ...session, alerts } } };
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
          actions: { type: 'keepAlert', params: ({ event }) => event },
        },
        'job.alertUpdated': {
          guard: { type: 'isHere', params: ({ event }) => event },
          actions: { type: 'keepAlert', params: ({ event }) => event },
        },
        'job.alertResolved': {
          guard: { type: 'isHere', params: ({ event }) => event },
          actions: { type: 'dropAlert', params: ({ event }) => event },
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
  const open = all.flatMap(({ alerts }) => Object.values(alerts));
  const countOf = (severity: AlertSeverity): number =>
    open.filter((each) => each === severity).length;
  return {
    type: 'health.reported',
    sessions: all.length,
    active: countWhere(({ active }) => active),
    speaking: countWhere(({ speaking }) => speaking),
    poorQuality: countWhere(({ poorQuality }) => poorQuality),
    suspect: countWhere(({ suspect }) => suspect),
    alertsOpen: open.length,
    alertsOpenBySeverity: {
      info: countOf('info'),
      warning: countOf('warning'),
      critical: countOf('critical'),
    },
  };
}
