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

const wrongKeyMessage =
  'The server refused the connection (401): the API key or the API secret is wrong.';

/**
 * Keeps one agent registered at the server.
 *
 * - `connecting`: the socket is being opened.
 * - `registering`: open; the server has not answered the registration.
 * - `registered.available`: takes jobs.
 * - `registered.full`: takes none at the moment.
 * - `registered.draining`: takes none any more; is not opened again once lost.
 * - `backoff`: lost or refused; waits, longer each time, and tries again, for ever.
 * - `stopped`: drained, and nothing left to bring to the server.
 * - `failed`: the key or the secret is wrong. Once registered a 401 is only one more failure, since a
 *   server that is just starting says that too.
 */
export const workerConnectionMachine = setup({
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
}).createMachine({
  id: 'worker-connection',
  context: ({ input }) => ({
    ...input,
    workerId: null,
    wasRegistered: false,
    status: { load: 0, jobCount: 0, full: false },
    missedPongs: 0,
    failures: 0,
    backoffMs: 0,
    closeReason: null,
    message: '',
    lastWarnedAt: null,
  }),
  invoke: {
    id: 'socket',
    src: 'socket',
    input: ({ context }) => ({ agent: context.agent }),
    onError: {
      target: '.failed',
      actions: { type: 'fail', params: ({ event }) => ({ message: String(event.error) }) },
    },
  },
  on: {
    'status.report': { actions: { type: 'storeStatus', params: ({ event }) => event } },
    // The server forgets its jobs with the connection: a status kept for later would be ignored.
    'job.report': {
      guard: { type: 'isFinal', params: ({ event }) => event },
      actions: {
        type: 'tell',
        params: ({ context, event }) => ({
          type: 'connection.jobReported',
          agent: context.agent,
          jobId: event.jobId,
          status: event.status,
          delivered: false,
        }),
      },
    },
    'connection.drain': '.stopped',
    'socket.closed': [
      {
        guard: { type: 'isWrongKey', params: ({ event }) => event },
        target: '.failed',
        actions: { type: 'fail', params: { message: wrongKeyMessage } },
      },
      {
        target: '.backoff',
        actions: [
          { type: 'countFailure', params: ({ event }) => event },
          { type: 'warn', params: ({ event }) => event },
        ],
      },
    ],
    'socket.messageRejected': {
      actions: {
        type: 'tell',
        params: ({ context, event }) => ({
          type: 'connection.messageRejected',
          agent: context.agent,
          what: event.what,
        }),
      },
    },
  },
  initial: 'connecting',
  states: {
    connecting: {
      entry: [
        { type: 'tellState', params: { state: 'connecting' } },
        { type: 'command', params: { type: 'socket.open' } },
      ],
      on: { 'socket.opened': 'registering' },
      after: {
        registrationTimeout: {
          actions: {
            type: 'closeBecause',
            params: { reason: 'The server did not open the connection in time.' },
          },
        },
      },
    },
    registering: {
      entry: [
        { type: 'tellState', params: { state: 'registering' } },
        { type: 'command', params: { type: 'socket.register' } },
      ],
      on: {
        'socket.registered': {
          target: 'registered',
          actions: { type: 'beRegistered', params: ({ event }) => event },
        },
      },
      after: {
        registrationTimeout: {
          actions: {
            type: 'closeBecause',
            params: { reason: 'The server did not answer the registration in time.' },
          },
        },
      },
    },
    registered: {
      entry: [
        'sendStatus',
        {
          type: 'tell',
          params: ({ context }) => ({ type: 'connection.registered', agent: context.agent }),
        },
        'schedulePing',
      ],
      exit: [
        'cancelPing',
        'forgetRegistration',
        {
          type: 'tell',
          params: ({ context }) => ({ type: 'connection.lost', agent: context.agent }),
        },
      ],
      on: {
        'ping.due': [
          {
            guard: 'isDead',
            // Pings go on, so that a socket that does not close is told again.
            actions: [
              {
                type: 'closeBecause',
                params: { reason: 'The server stopped answering pings.' },
              },
              'schedulePing',
            ],
          },
          {
            actions: [
              { type: 'command', params: { type: 'socket.ping' } },
              'countPing',
              'schedulePing',
            ],
          },
        ],
        'socket.ponged': { actions: 'countPong' },
        'socket.registered': {
          actions: {
            type: 'tell',
            params: ({ context }) => ({
              type: 'connection.messageRejected',
              agent: context.agent,
              what: 'a second answer to the registration',
            }),
          },
        },
        'status.report': {
          actions: [{ type: 'storeStatus', params: ({ event }) => event }, 'sendStatus'],
        },
        'offer.answer': { actions: { type: 'command', params: ({ event }) => event } },
        'jobs.migrate': { actions: { type: 'command', params: ({ event }) => event } },
        'job.report': [
          {
            guard: { type: 'isFinal', params: ({ event }) => event },
            actions: [
              { type: 'command', params: ({ event }) => event },
              {
                type: 'tell',
                params: ({ context, event }) => ({
                  type: 'connection.jobReported',
                  agent: context.agent,
                  jobId: event.jobId,
                  status: event.status,
                  delivered: true,
                }),
              },
            ],
          },
          { actions: { type: 'command', params: ({ event }) => event } },
        ],
        'offer.received': {
          actions: {
            type: 'tell',
            params: ({ context, event }) => ({
              type: 'connection.offered',
              agent: context.agent,
              at: event.at,
              offer: event.offer,
            }),
          },
        },
        'assignment.received': {
          actions: {
            type: 'tell',
            params: ({ context, event }) => ({
              type: 'connection.assigned',
              agent: context.agent,
              at: event.at,
              jobId: event.jobId,
            }),
          },
        },
        'termination.received': {
          actions: {
            type: 'tell',
            params: ({ context, event }) => ({
              type: 'connection.terminated',
              agent: context.agent,
              at: event.at,
              jobId: event.jobId,
            }),
          },
        },
        'connection.drain': '.draining',
      },
      initial: 'deciding',
      states: {
        deciding: {
          always: [{ guard: 'isFull', target: 'full' }, { target: 'available' }],
        },
        available: {
          entry: { type: 'tellState', params: { state: 'available' } },
          always: { guard: 'isFull', target: 'full' },
        },
        full: {
          entry: { type: 'tellState', params: { state: 'full' } },
          always: { guard: 'hasRoom', target: 'available' },
        },
        draining: {
          entry: { type: 'tellState', params: { state: 'draining' } },
          on: { 'socket.closed': '#worker-connection.stopped', 'connection.drain': {} },
        },
      },
    },
    backoff: {
      entry: { type: 'tellState', params: { state: 'backoff' } },
      // A socket says once that it is closed; twice would start the wait anew.
      on: { 'socket.closed': {} },
      after: { backoff: 'connecting' },
    },
    stopped: {
      entry: [
        { type: 'command', params: { type: 'socket.close' } },
        { type: 'tellState', params: { state: 'stopped' } },
      ],
      on: { 'socket.closed': {}, 'connection.drain': {} },
    },
    failed: {
      entry: { type: 'tellState', params: { state: 'failed' } },
      on: { 'socket.closed': {}, 'connection.drain': {} },
    },
  },
});
