import { assign, cancel, enqueueActions, raise, sendTo, setup, type ErrorActorEvent } from 'xstate';
import { notProvided } from '../slots.ts';
import { backoffDelayMs, type BackoffConfig } from './backoff.logic.ts';
import type {
  AgentRef,
  ConnectionCommand,
  ConnectionReport,
  ConnectionState,
} from './connection.events.ts';
import type { JobStatus, SocketCommand, SocketFact, WorkerStatus } from './events.ts';

export type ConnectionConfig = {
  /** For opening the socket, and again for the answer to the registration. */
  readonly registrationTimeoutMs: number;
  readonly pingIntervalMs: number;
  /** So many pings in a row without a pong, and the connection counts as dead. */
  readonly maxMissedPongs: number;
  readonly backoff: BackoffConfig;
  /** Between two warnings that there is no connection. */
  readonly warnEveryMs: number;
};

export type ConnectionInput = AgentRef & { readonly config: ConnectionConfig };

type SocketClosed = Extract<SocketFact, { type: 'socket.closed' }>;

export type ConnectionContext = ConnectionInput & {
  readonly workerId: string | null;
  readonly wasRegistered: boolean;
  /** What the server is to know of us as soon as we are registered. */
  readonly status: WorkerStatus;
  readonly missedPongs: number;
  /** Connections that failed in a row. One that answered a ping did not fail. */
  readonly failures: number;
  readonly backoffMs: number;
  /** Why we closed the socket ourselves; null while we did not. */
  readonly closeReason: string | null;
  /** Why there is no connection; empty while there is one. */
  readonly message: string;
  readonly lastWarnedAt: number | null;
};

export type ConnectionEvent =
  | SocketFact
  | ConnectionCommand
  | { readonly type: 'ping.due' }
  | ErrorActorEvent<unknown, 'socket'>;

type ReportArgs = {
  readonly context: ConnectionContext;
  readonly event: Extract<ConnectionCommand, { type: 'job.report' }>;
};

/** What the worker is told of a final status. */
export const reported =
  (delivered: boolean) =>
  ({ context: { agent }, event: { jobId, status } }: ReportArgs): ConnectionReport => ({
    type: 'connection.jobReported',
    agent,
    jobId,
    status,
    delivered,
  });

/** What a connection can do and decide; its machine says when. */
export const connectionSetup = setup({
  types: {} as {
    input: ConnectionInput;
    context: ConnectionContext;
    events: ConnectionEvent;
    children: { socket: 'socket' };
  },
  actors: {
    socket: notProvided<{ agent: string }, SocketCommand>('socket'),
  },
  actions: {
    command: sendTo('socket', (_, command: SocketCommand) => command),
    // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
    tell: enqueueActions(({ enqueue, self }, report: ConnectionReport) => {
      if (self._parent) enqueue.sendTo(self._parent, report);
    }),
    tellState: enqueueActions(({ context, enqueue, self }, params: { state: ConnectionState }) => {
      if (!self._parent) return;
      const { agent, workerId, message } = context;
      enqueue.sendTo(self._parent, {
        type: 'connection.stateChanged',
        agent,
        state: params.state,
        workerId,
        message,
      } satisfies ConnectionReport);
    }),
    closeBecause: enqueueActions(({ enqueue }, params: { reason: string }) => {
      enqueue.assign({ closeReason: params.reason });
      enqueue.sendTo('socket', { type: 'socket.close' });
    }),
    sendStatus: sendTo('socket', ({ context }) => ({ type: 'status.report', ...context.status })),
    storeStatus: assign((_, { load, jobCount, full }: WorkerStatus) => ({
      status: { load, jobCount, full },
    })),
    beRegistered: assign((_, params: { workerId: string }) => ({
      workerId: params.workerId,
      wasRegistered: true,
      missedPongs: 0,
      message: '',
    })),
    forgetRegistration: assign({ workerId: null }),
    countFailure: assign(({ context }, { message, jitter }: SocketClosed) => {
      const failures = context.failures + 1;
      return {
        failures,
        backoffMs: backoffDelayMs(failures, jitter, context.config.backoff),
        message: context.closeReason ?? message,
        closeReason: null,
      };
    }),
    warn: enqueueActions(({ context, enqueue, self }, { at }: { at: number }) => {
      const { agent, failures: attempts, message, lastWarnedAt } = context;
      if (lastWarnedAt !== null && at - lastWarnedAt < context.config.warnEveryMs) return;
      enqueue.assign({ lastWarnedAt: at });
      if (!self._parent) return;
      enqueue.sendTo(self._parent, {
        type: 'connection.unreachable',
        agent,
        at,
        attempts,
        message,
      } satisfies ConnectionReport);
    }),
    fail: assign((_, params: { message: string }) => ({ message: params.message })),
    schedulePing: raise({ type: 'ping.due' }, { id: 'ping', delay: 'pingInterval' }),
    cancelPing: cancel('ping'),
    countPing: assign(({ context }) => ({ missedPongs: context.missedPongs + 1 })),
    countPong: assign({ missedPongs: 0, failures: 0 }),
  },
  guards: {
    isWrongKey: ({ context }, params: { httpStatus: number | null }) =>
      params.httpStatus === 401 && !context.wasRegistered,
    isFull: ({ context }) => context.status.full,
    hasRoom: ({ context }) => !context.status.full,
    isDead: ({ context }) => context.missedPongs >= context.config.maxMissedPongs,
    isFinal: (_, params: { status: JobStatus }) => params.status !== 'running',
  },
  delays: {
    registrationTimeout: ({ context }) => context.config.registrationTimeoutMs,
    pingInterval: ({ context }) => context.config.pingIntervalMs,
    backoff: ({ context }) => context.backoffMs,
  },
});
