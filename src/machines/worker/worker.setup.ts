import { assign, emit, enqueueActions, sendTo, setup, type ErrorActorEvent } from 'xstate';
import type { ErrorInfo } from '../events.ts';
import { claimAttributes } from '../job/claim.logic.ts';
import { statusOf } from '../job/end-reason.logic.ts';
import { notProvided } from '../slots.ts';
import { roomsMachine, type RoomsFact } from '../supervisor/rooms.machine.ts';
import { supervisorMachine, type SupervisorFact } from '../supervisor/supervisor.machine.ts';
import type {
  ConnectionCommand,
  ConnectionReport,
  ConnectionState,
  DrainReason,
} from './connection.events.ts';
import { capacityOf } from './capacity.logic.ts';
import type { JobsCommand, JobsFact, VitalsFact } from './events.ts';
import {
  endSlot,
  findSlot,
  isInPhase,
  startedSlots,
  startSlot,
  untrackSlots,
  withoutSlot,
  type JobPhase,
} from './job-slots.logic.ts';
import { decideOffer, rememberKey, servedKey } from './offer.logic.ts';
import { workerConnectionMachine } from './worker-connection.machine.ts';
import type { WorkerContext, WorkerInput } from './worker.context.ts';
import type { WorkerCommand, WorkerEmitted, WorkerOutput, WorkerState } from './worker.events.ts';

export type WorkerEvent =
  | WorkerCommand
  | ConnectionReport
  | JobsFact
  | VitalsFact
  | { readonly type: 'reservation.due'; readonly jobId: string }
  | ErrorActorEvent;

type Report<TType extends ConnectionReport['type']> = Extract<ConnectionReport, { type: TType }>;
type Fact<TType extends JobsFact['type']> = Extract<JobsFact, { type: TType }>;

/** The id of an agent's connection in the worker system. */
const connectionId = (agent: string): string => `connection:${agent}`;
const reservationId = (jobId: string): string => `reservation:${jobId}`;

/** The slots, actions and guards of the worker; its states stand in `worker.machine.ts`. */
export const workerSetup = setup({
  types: {} as {
    input: WorkerInput;
    context: WorkerContext;
    events: WorkerEvent;
    emitted: WorkerEmitted;
    output: WorkerOutput;
    children: { jobs: 'jobs'; vitals: 'vitals'; supervisor: 'supervisor'; rooms: 'rooms' };
  },
  actors: {
    connection: workerConnectionMachine,
    jobs: notProvided<null, JobsCommand>('jobs'),
    vitals: notProvided<null>('vitals'),
    supervisor: supervisorMachine,
    rooms: roomsMachine,
  },
  actions: {
    openConnections: enqueueActions(({ context, enqueue }) => {
      for (const { agent, jobType } of context.agents) {
        enqueue.spawnChild('connection', {
          id: connectionId(agent),
          input: { agent, jobType, config: context.config.connection },
        });
      }
    }),
    announceState: emit(({ context }, params: { state: WorkerState }): WorkerEmitted => ({
      type: 'worker.stateChanged',
      state: params.state,
      message: context.message,
    })),
    setExit: assign((_, params: { exitCode: number; message: string }) => ({
      exitCode: params.exitCode,
      message: params.message,
    })),
    startDraining: enqueueActions(({ context, enqueue }) => {
      for (const { agent } of context.agents) {
        enqueue.sendTo(connectionId(agent), {
          type: 'connection.drain',
        } satisfies ConnectionCommand);
      }
      for (const { jobId } of startedSlots(context.jobs)) {
        enqueue.sendTo('jobs', { type: 'job.drain', jobId });
      }
    }),
    keepConnection: enqueueActions(
      ({ context, enqueue }, report: Report<'connection.stateChanged'>) => {
        const { agent, state, workerId, message } = report;
        enqueue.assign({
          connections: context.connections.map((connection) =>
            connection.agent === agent ? { ...connection, state, workerId, message } : connection,
          ),
        });
        const jobType = context.agents.find((known) => known.agent === agent)?.jobType;
        if (!jobType) return;
        enqueue.emit({ type: 'connection.stateChanged', agent, jobType, state, workerId, message });
      },
    ),
    announceUnreachable: emit((_, report: Report<'connection.unreachable'>): WorkerEmitted => {
      const { type, agent, attempts, message } = report;
      return { type, agent, attempts, message };
    }),
    reject: emit((_, params: { agent: string; what: string }): WorkerEmitted => ({
      type: 'message.rejected',
      agent: params.agent,
      what: params.what,
    })),
    answerOffer: enqueueActions(
      ({ context, enqueue }, { at, offer }: Report<'connection.offered'>) => {
        const { jobId, dispatchId, agent, metadata } = offer;
        const decision = decideOffer(offer, {
          liveKeys: context.jobs.map(({ key }) => key),
          endedKeys: context.endedKeys,
          fullReason: context.fullReason,
          isKeptForOthers: context.closedTo.includes(agent),
        });
        const isAccepted = decision.answer === 'accept' && metadata.ok;
        if (isAccepted) {
          const key = servedKey(agent, metadata.key);
          enqueue.assign({
            jobs: [
              ...context.jobs,
              { jobId, dispatchId, agent, key, offeredAt: at, phase: 'reserved', offer },
            ],
          });
          enqueue.raise(
            { type: 'reservation.due', jobId },
            { id: reservationId(jobId), delay: 'reservation' },
          );
        }
        enqueue.sendTo(connectionId(agent), {
          type: 'offer.answer',
          jobId,
          answer: decision.answer,
          attributes: isAccepted ? claimAttributes({ agent, serves: metadata.key }) : {},
        } satisfies ConnectionCommand);
        const problems = metadata.ok ? [] : metadata.problems;
        enqueue.emit({ type: 'offer.answered', agent, jobId, dispatchId, problems, ...decision });
      },
    ),
    closeForJobs: assign((_, params: { reason: DrainReason }) => ({ drainReason: params.reason })),
    /** Tells all connections how full we are, where that has changed. */
    reviewCapacity: enqueueActions(({ context, enqueue }) => {
      const { fullReason, status, closedTo } = capacityOf(context);
      if (fullReason !== context.fullReason) {
        enqueue.assign({ fullReason });
        enqueue.emit({ type: 'worker.fullChanged', reason: fullReason });
      }
      const { jobCount, full } = context.status;
      const isKnown = closedTo.join() === context.closedTo.join();
      if (jobCount === status.jobCount && full === status.full && isKnown) return;
      enqueue.assign({ status, closedTo });
      for (const { agent } of context.agents) {
        enqueue.sendTo(connectionId(agent), {
          type: 'status.report',
          ...status,
          full: status.full || closedTo.includes(agent),
        } satisfies ConnectionCommand);
      }
    }),
    startJob: enqueueActions(
      ({ context, enqueue }, { at, jobId }: Report<'connection.assigned'>) => {
        const slot = findSlot(context.jobs, jobId);
        if (slot?.phase !== 'reserved') return;
        const { agent, dispatchId, offeredAt, offer } = slot;
        enqueue.cancel(reservationId(jobId));
        enqueue.assign({
          jobs: startSlot(context.jobs, jobId, at),
          startedTotal: context.startedTotal + 1,
        });
        enqueue.sendTo(connectionId(agent), {
          type: 'job.report',
          jobId,
          status: 'running',
          error: '',
        } satisfies ConnectionCommand);
        enqueue.sendTo('jobs', { type: 'job.start', offer });
        if (context.drainReason) enqueue.sendTo('jobs', { type: 'job.drain', jobId });
        enqueue.emit({ type: 'job.assigned', agent, jobId, dispatchId, offeredAt, assignedAt: at });
      },
    ),
    // The server believes that the job runs here; without an answer it would believe so for ever.
    refuseAssignment: enqueueActions(
      ({ enqueue }, { agent, jobId }: Report<'connection.assigned'>) => {
        enqueue.sendTo(connectionId(agent), {
          type: 'job.report',
          jobId,
          status: 'failed',
          error: 'The assignment came when its place was no longer kept.',
        } satisfies ConnectionCommand);
        enqueue.emit({
          type: 'message.rejected',
          agent,
          what: `a late assignment of job ${jobId}`,
        });
      },
    ),
    releaseReservation: enqueueActions(({ context, enqueue }, { jobId }: { jobId: string }) => {
      const slot = findSlot(context.jobs, jobId);
      if (!slot) return;
      enqueue.cancel(reservationId(jobId));
      enqueue.assign({ jobs: withoutSlot(context.jobs, jobId) });
      const { agent, dispatchId } = slot;
      enqueue.emit({ type: 'reservation.expired', agent, jobId, dispatchId });
    }),
    terminateJob: enqueueActions(({ enqueue }, { jobId }: { jobId: string }) => {
      enqueue.sendTo('jobs', { type: 'job.terminate', jobId });
    }),
    migrateJobs: enqueueActions(({ context, enqueue }, { agent }: { agent: string }) => {
      const jobIds = startedSlots(context.jobs)
        .filter((slot) => slot.agent === agent)
        .map(({ jobId }) => jobId);
      if (jobIds.length === 0) return;
      enqueue.sendTo(connectionId(agent), {
        type: 'jobs.migrate',
        jobIds,
      } satisfies ConnectionCommand);
    }),
    untrackJobs: enqueueActions(({ context, enqueue }, { agent }: { agent: string }) => {
      enqueue.assign({ jobs: untrackSlots(context.jobs, agent) });
      for (const slot of context.jobs) {
        if (slot.agent !== agent) continue;
        const { jobId, dispatchId, phase } = slot;
        if (phase === 'reserved') {
          enqueue.cancel(reservationId(jobId));
          enqueue.emit({ type: 'reservation.expired', agent, jobId, dispatchId });
        } else if (slot.tracked) {
          enqueue.sendTo('jobs', { type: 'job.untrack', jobId });
          enqueue.emit({ type: 'job.untracked', agent, jobId, dispatchId });
        }
      }
    }),
    announceJoined: enqueueActions(({ context, enqueue }, { jobId, at }: Fact<'job.joined'>) => {
      const slot = findSlot(context.jobs, jobId);
      if (!slot || slot.phase === 'reserved') return;
      const { agent, dispatchId, offeredAt, assignedAt } = slot;
      enqueue.emit({
        type: 'job.joined',
        agent,
        jobId,
        dispatchId,
        offeredAt,
        assignedAt,
        joinedAt: at,
      });
    }),
    reportStatus: enqueueActions(
      (
        { context, enqueue },
        params: { jobId: string; status: 'success' | 'failed'; error: string },
      ) => {
        const { jobId, status, error } = params;
        const slot = findSlot(context.jobs, jobId);
        if (!slot) return;
        enqueue.assign({ jobs: endSlot(context.jobs, jobId) });
        enqueue.sendTo(connectionId(slot.agent), {
          type: 'job.report',
          jobId,
          status,
          error,
        } satisfies ConnectionCommand);
      },
    ),
    passOnReport: enqueueActions(
      ({ context, enqueue }, report: Report<'connection.jobReported'>) => {
        const { agent, jobId, status, delivered } = report;
        enqueue.emit({ type: 'job.reported', agent, jobId, status, delivered });
        if (isInPhase(context.jobs, jobId, 'ending')) {
          enqueue.sendTo('jobs', { type: 'job.statusReported', jobId });
        }
      },
    ),
    endJob: enqueueActions(
      (
        { context, enqueue },
        params: { fact: Omit<Fact<'job.ended'>, 'type'>; error: ErrorInfo | null },
      ) => {
        const { jobId, reason, at } = params.fact;
        const slot = findSlot(context.jobs, jobId);
        if (!slot) return;
        const { agent, dispatchId, key } = slot;
        enqueue.assign({
          jobs: withoutSlot(context.jobs, jobId),
          endedKeys: rememberKey(context.endedKeys, key, context.config.maxEndedKeys),
        });
        enqueue.sendTo('supervisor', { type: 'job.ended', jobId, reason, at });
        enqueue.sendTo('rooms', { type: 'job.ended', jobId, reason, at });
        enqueue.emit({ type: 'job.ended', agent, jobId, dispatchId, reason, error: params.error });
      },
    ),
    /** For those that run on to the very end: the server is to know of it before they leave. */
    cutJobs: enqueueActions(({ context, enqueue }) => {
      const reason = context.message === '' ? 'drained' : 'agent_error';
      for (const { jobId, agent, dispatchId, phase } of startedSlots(context.jobs)) {
        if (phase === 'ending') continue;
        enqueue.sendTo(connectionId(agent), {
          type: 'job.report',
          jobId,
          status: statusOf[reason],
          error: context.message,
        } satisfies ConnectionCommand);
        enqueue.emit({ type: 'job.ended', agent, jobId, dispatchId, reason, error: null });
      }
    }),
    forward: enqueueActions(({ enqueue }, fact: SupervisorFact) => {
      enqueue.sendTo('supervisor', fact);
    }),
    tellRooms: sendTo('rooms', (_, fact: RoomsFact) => fact),
    keepVitals: assign((_, { eventLoopP99Ms }: VitalsFact) => ({ eventLoopP99Ms })),
  },
  guards: {
    isInPhase: ({ context }, params: { jobId: string; phase: JobPhase }) =>
      isInPhase(context.jobs, params.jobId, params.phase),
    isHere: ({ context }, params: { jobId: string }) =>
      findSlot(context.jobs, params.jobId) !== undefined,
    isEmpty: ({ context }) => context.jobs.length === 0,
    isTooBig: ({ context }, { rssBytes }: VitalsFact) =>
      context.config.maxRssBytes !== null && rssBytes > context.config.maxRssBytes,
    hasTakenAll: ({ context: { startedTotal, config } }) =>
      config.maxJobsTotal !== null && startedTotal >= config.maxJobsTotal,
    hasFailed: (_, params: { state: ConnectionState }) => params.state === 'failed',
  },
  delays: {
    reservation: ({ context }) => context.config.reservationMs,
  },
});
