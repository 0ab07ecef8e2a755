import { registered } from './registered.state.ts';
import { connectionSetup, reported } from './worker-connection.setup.ts';

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
export const workerConnectionMachine = connectionSetup.createMachine({
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
        params: reported(false),
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
    registered,
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
