import { broken, disconnected, failed, overlong, undispatched } from './ending.logic.ts';
import { jobSetup } from './job.setup.ts';
import { malformed, tellAgent } from './job.transitions.ts';

/** The agent works. What a JobTermination means depends on how our own connection is. */
export const running = jobSetup.createStateConfig({
  on: {
    'job.end': [
      malformed,
      {
        target: '#job.reporting',
        actions: {
          type: 'decideEnd',
          params: ({ context, event: { reason } }) => ({
            reason,
            at: context.ending.at,
            error: '',
          }),
        },
      },
    ],
    'xstate.done.actor.agent': {
      target: '#job.reporting',
      actions: {
        type: 'decideEnd',
        params: ({ context }) =>
          failed(
            context,
            'the agent reached a final state without telling its job to end (job.end)',
          ),
      },
    },
    'room.disconnected': {
      target: 'closing',
      actions: ['noteLeft', { type: 'decideEnd', params: ({ event }) => disconnected(event) }],
    },
    'control.draining': {
      guard: 'isNotDraining',
      actions: [
        { type: 'startDraining', params: ({ event }) => event },
        'startDrainLimit',
        {
          type: 'tellAgent',
          params: ({ event: { at } }) => ({ type: 'job.draining', at }),
        },
      ],
    },
    'control.broken': {
      target: 'closing',
      actions: { type: 'decideEnd', params: ({ event }) => broken(event) },
    },
    'drain.isOver': {
      target: 'closing',
      actions: {
        type: 'decideEnd',
        params: ({ context: { agent, drainingAt, config } }) => ({
          reason: 'drained',
          at: (drainingAt ?? agent.startedAt) + config.drainMs,
          error: '',
        }),
      },
    },
    'duration.isOver': {
      target: 'closing',
      actions: { type: 'decideEnd', params: ({ context }) => overlong(context) },
    },
  },
  initial: 'steady',
  states: {
    steady: {
      on: {
        'control.terminated': {
          target: 'terminating',
          actions: { type: 'noteTermination', params: ({ event }) => event },
        },
        'room.reconnecting': {
          target: 'reconnecting',
          actions: tellAgent,
        },
      },
    },
    reconnecting: {
      on: {
        'control.terminated': { actions: 'untrack' },
        'room.reconnected': {
          target: 'recovering',
          actions: tellAgent,
        },
      },
    },
    recovering: {
      on: {
        'control.terminated': { actions: 'untrack' },
        'room.reconnecting': {
          target: 'reconnecting',
          actions: tellAgent,
        },
      },
      after: { reconnectHold: 'steady' },
    },
    terminating: {
      on: {
        'room.reconnecting': {
          target: 'reconnecting',
          actions: ['untrack', tellAgent],
        },
      },
      after: {
        termination: {
          target: '#job.live.closing',
          actions: { type: 'decideEnd', params: ({ context }) => undispatched(context) },
        },
      },
    },
  },
});
