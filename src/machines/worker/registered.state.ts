import { connectionSetup, reported } from './worker-connection.setup.ts';

/** The server knows of the worker: what either has to say to the other goes through. */
export const registered = connectionSetup.createStateConfig({
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
            params: reported(true),
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
});
