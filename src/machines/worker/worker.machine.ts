import type { ActorRefFrom, SnapshotFrom } from 'xstate';
import type { ErrorInfo } from '../events.ts';
import type { JobsFact } from './events.ts';
import type { FullReason } from './connection.events.ts';
import { allTakenMessage, tooBigMessage } from './recycle.logic.ts';
import { newWorker, type ConnectionView } from './worker.context.ts';
import type { WorkerState } from './worker.events.ts';
import { workerSetup } from './worker.setup.ts';

const brokenWithoutStatus: ErrorInfo = {
  code: 'E_JOB_NO_STATUS',
  message: 'The job ended without a final status.',
  retryable: false,
};

const asEnded = ({ jobId, at, error }: Extract<JobsFact, { type: 'job.failed' }>) => ({
  fact: { jobId, at, reason: 'agent_error' as const },
  error,
});

/**
 * The root of the worker system: answers offers, holds the places for jobs, and sees every job to
 * its end.
 *
 * - `running`: takes jobs while there is room.
 * - `draining`: takes none any more, because it was asked to end, has grown over `maxRssBytes` or was
 *   given its `maxJobsTotal` jobs; ends when the last one has ended.
 * - `ended`: with an exit code. Whatever still runs is cut off, its final status reported.
 *
 * Limits: `maxJobs` jobs, reservations included; an offer beyond that is answered with `unavailable`.
 */
export const workerMachine = workerSetup.createMachine({
  id: 'worker',
  context: ({ input }) => newWorker(input),
  invoke: [
    { id: 'jobs', src: 'jobs', input: null },
    { id: 'vitals', src: 'vitals', input: null },
    {
      id: 'supervisor',
      src: 'supervisor',
      input: ({ context }) => ({ reportEveryMs: context.config.reportEveryMs }),
    },
    {
      id: 'rooms',
      src: 'rooms',
      input: ({ context }) => ({ reportEveryMs: context.config.reportRoomsEveryMs }),
    },
  ],
  entry: 'openConnections',
  on: {
    'worker.stop': {
      target: '.ended',
      actions: { type: 'setExit', params: ({ event }) => ({ ...event, message: '' }) },
    },
    // Each of them stands for the whole system: without it there is no worker.
    'xstate.error.actor.*': {
      target: '.ended',
      actions: {
        type: 'setExit',
        params: ({ event }) => ({
          exitCode: 1,
          message: `${event.actorId} broke: ${String(event.error)}`,
        }),
      },
    },
    'connection.stateChanged': [
      {
        guard: { type: 'hasFailed', params: ({ event }) => event },
        target: '.ended',
        actions: [
          { type: 'keepConnection', params: ({ event }) => event },
          {
            type: 'setExit',
            params: ({ event }) => ({ exitCode: 1, message: event.message }),
          },
        ],
      },
      { actions: { type: 'keepConnection', params: ({ event }) => event } },
    ],
    'connection.unreachable': {
      actions: { type: 'announceUnreachable', params: ({ event }) => event },
    },
    'connection.messageRejected': {
      actions: { type: 'reject', params: ({ event }) => event },
    },
    'connection.registered': {
      actions: { type: 'migrateJobs', params: ({ event }) => event },
    },
    'connection.lost': {
      actions: [{ type: 'untrackJobs', params: ({ event }) => event }, 'reviewCapacity'],
    },
    'connection.offered': [
      {
        guard: { type: 'isHere', params: ({ event }) => event.offer },
        actions: {
          type: 'reject',
          params: ({ event }) => ({
            agent: event.agent,
            what: `a second offer of job ${event.offer.jobId}`,
          }),
        },
      },
      { actions: [{ type: 'answerOffer', params: ({ event }) => event }, 'reviewCapacity'] },
    ],
    'connection.assigned': [
      {
        guard: {
          type: 'isInPhase',
          params: ({ event }) => ({ jobId: event.jobId, phase: 'reserved' }),
        },
        actions: { type: 'startJob', params: ({ event }) => event },
      },
      {
        guard: { type: 'isHere', params: ({ event }) => event },
        actions: {
          type: 'reject',
          params: ({ event }) => ({
            agent: event.agent,
            what: `a second assignment of job ${event.jobId}`,
          }),
        },
      },
      { actions: { type: 'refuseAssignment', params: ({ event }) => event } },
    ],
    'connection.terminated': [
      {
        guard: {
          type: 'isInPhase',
          params: ({ event }) => ({ jobId: event.jobId, phase: 'reserved' }),
        },
        actions: [{ type: 'releaseReservation', params: ({ event }) => event }, 'reviewCapacity'],
      },
      {
        guard: { type: 'isHere', params: ({ event }) => event },
        actions: { type: 'terminateJob', params: ({ event }) => event },
      },
      {
        actions: {
          type: 'reject',
          params: ({ event }) => ({
            agent: event.agent,
            what: `the termination of job ${event.jobId}, which is not here`,
          }),
        },
      },
    ],
    'connection.jobReported': {
      actions: { type: 'passOnReport', params: ({ event }) => event },
    },
    'reservation.due': {
      actions: [{ type: 'releaseReservation', params: ({ event }) => event }, 'reviewCapacity'],
    },
    'job.joined': {
      guard: { type: 'isHere', params: ({ event }) => event },
      actions: [
        { type: 'announceJoined', params: ({ event }) => event },
        { type: 'forward', params: ({ event }) => event },
      ],
    },
    'job.ending': {
      // A final status is reported once, whatever a job says.
      guard: {
        type: 'isInPhase',
        params: ({ event }) => ({ jobId: event.jobId, phase: 'running' }),
      },
      actions: { type: 'reportStatus', params: ({ event }) => event },
    },
    'job.ended': [
      {
        guard: {
          type: 'isInPhase',
          params: ({ event }) => ({ jobId: event.jobId, phase: 'ending' }),
        },
        actions: [
          { type: 'endJob', params: ({ event }) => ({ fact: event, error: null }) },
          'reviewCapacity',
        ],
      },
      {
        actions: [
          {
            type: 'reportStatus',
            params: ({ event }) => ({
              jobId: event.jobId,
              status: 'failed',
              error: brokenWithoutStatus.message,
            }),
          },
          { type: 'endJob', params: ({ event }) => ({ fact: event, error: brokenWithoutStatus }) },
          'reviewCapacity',
        ],
      },
    ],
    'job.failed': [
      {
        guard: {
          type: 'isInPhase',
          params: ({ event }) => ({ jobId: event.jobId, phase: 'running' }),
        },
        actions: [
          {
            type: 'reportStatus',
            params: ({ event }) => ({
              jobId: event.jobId,
              status: 'failed',
              error: event.error.message,
            }),
          },
          { type: 'endJob', params: ({ event }) => asEnded(event) },
          'reviewCapacity',
        ],
      },
      {
        actions: [{ type: 'endJob', params: ({ event }) => asEnded(event) }, 'reviewCapacity'],
      },
    ],
    'job.healthChanged': { actions: { type: 'forward', params: ({ event }) => event } },
    'job.alertOpened': { actions: { type: 'forward', params: ({ event }) => event } },
    'job.alertUpdated': { actions: { type: 'forward', params: ({ event }) => event } },
    'job.alertResolved': { actions: { type: 'forward', params: ({ event }) => event } },
    'job.figuresReported': {
      guard: { type: 'isHere', params: ({ event }) => event },
      actions: { type: 'tellRooms', params: ({ event }) => event },
    },
    'job.summaryMade': { actions: { type: 'forward', params: ({ event }) => event } },
    'vitals.sampled': {
      actions: [{ type: 'keepVitals', params: ({ event }) => event }, 'reviewCapacity'],
    },
  },
  initial: 'running',
  states: {
    running: {
      entry: { type: 'announceState', params: { state: 'running' } },
      always: {
        guard: 'hasTakenAll',
        target: 'draining',
        actions: [
          {
            type: 'setExit',
            params: ({ context }) => ({
              exitCode: 0,
              message: allTakenMessage(context.startedTotal),
            }),
          },
          { type: 'closeForJobs', params: { reason: 'max_jobs_total' } },
        ],
      },
      on: {
        'worker.drain': {
          target: 'draining',
          actions: [
            { type: 'setExit', params: ({ event }) => ({ ...event, message: '' }) },
            { type: 'closeForJobs', params: { reason: 'draining' } },
          ],
        },
        'vitals.sampled': [
          {
            guard: { type: 'isTooBig', params: ({ event }) => event },
            target: 'draining',
            actions: [
              { type: 'keepVitals', params: ({ event }) => event },
              {
                type: 'setExit',
                params: ({ context, event }) => ({
                  exitCode: 0,
                  message: tooBigMessage(event.rssBytes, context.config.maxRssBytes ?? 0),
                }),
              },
              { type: 'closeForJobs', params: { reason: 'max_rss' } },
            ],
          },
          { actions: [{ type: 'keepVitals', params: ({ event }) => event }, 'reviewCapacity'] },
        ],
      },
    },
    draining: {
      entry: [
        { type: 'announceState', params: { state: 'draining' } },
        'startDraining',
        'reviewCapacity',
      ],
      always: { guard: 'isEmpty', target: 'ended' },
    },
    ended: {
      entry: ['cutJobs', { type: 'announceState', params: { state: 'ended' } }],
      type: 'final',
    },
  },
  output: ({ context }) => ({ exitCode: context.exitCode, message: context.message }),
});

export type WorkerRef = ActorRefFrom<typeof workerMachine>;
export type WorkerSnapshot = SnapshotFrom<typeof workerMachine>;

/** What the health check and `/worker` say of a worker. */
export type WorkerView = {
  readonly state: WorkerState;
  readonly connections: readonly ConnectionView[];
  readonly jobs: number;
  readonly maxJobs: number;
  /** As reported to the server. */
  readonly load: number;
  readonly fullReason: FullReason | null;
};

export function workerView({ value, context }: WorkerSnapshot): WorkerView {
  const { connections, jobs, config, status } = context;
  return {
    state: value,
    connections,
    jobs: jobs.length,
    maxJobs: config.maxJobs,
    load: status.load,
    fullReason: context.fullReason,
  };
}

/** Why jobs cannot come, in a sentence; null while every connection is registered. */
export function disconnectedReason({ context }: WorkerSnapshot): string | null {
  const down = context.connections.find(({ workerId }) => workerId === null);
  if (!down) return null;
  return `The agent "${down.agent}" is not connected (${down.state}). ${down.message}`.trim();
}
