import { claiming } from './claiming.state.ts';
import { broken, drained, overlong } from './ending.logic.ts';
import { jobSetup } from './job.setup.ts';
import { live } from './live.state.ts';

export type { JobConfig, JobEmission, JobEvent, JobInput } from './job.setup.ts';

/**
 * Runs one agent's machine in one room, from the assignment to the final status.
 *
 * - `joining`: `connecting`, or `retrying` after a failed attempt.
 * - `claiming`: in the room, and finds out whether an agent of another worker serves the same: `open`
 *   while it is `looking` or `standingBy`; `terminating`, which waits for the room to say why.
 * - `live`: in the room, with the agent's machine as child `agent`, which hears every fact.
 *   - `running`: `steady`; `reconnecting` and `recovering`, in which a JobTermination is the
 *     server's mistake; `terminating`, which waits for the room to say why.
 *   - `closing`: the agent brings its summary.
 * - `reporting`: the final status is on its way to the server, which must have it before we leave.
 * - `leaving`: leaves the room.
 * - `ended`.
 */
export const jobMachine = jobSetup.createMachine({
  id: 'job',
  context: ({ input }) => ({
    ...input,
    joinsFailed: 0,
    here: null,
    servesSince: null,
    tracked: true,
    terminatedAt: 0,
    drainingAt: null,
    inside: null,
    ending: { reason: 'agent_error', at: input.agent.startedAt, error: 'ended without a reason' },
    openAlerts: [],
  }),
  invoke: [
    { id: 'room', src: 'room', input: {} },
    {
      id: 'roster',
      src: 'roster',
      input: ({ context }) => ({ roomName: context.agent.job.room.name }),
    },
    {
      id: 'roomService',
      src: 'roomService',
      input: ({ context }) => ({ roomName: context.agent.job.room.name }),
    },
    { id: 'webhooks', src: 'webhooks', input: {} },
    { id: 'control', src: 'control', input: {} },
  ],
  on: {
    'control.untracked': { actions: 'untrack' },
    'room.disconnected': { actions: 'noteLeft' },
  },
  initial: 'joining',
  states: {
    joining: {
      entry: 'startDurationLimit',
      on: {
        'room.connected': [
          {
            guard: { type: 'isOtherRoom', params: ({ event }) => event },
            target: 'reporting',
            actions: [
              { type: 'noteInside', params: ({ event }) => event },
              {
                type: 'decideEnd',
                params: ({ event: { at } }) => ({ reason: 'room_deleted', at, error: '' }),
              },
            ],
          },
          {
            guard: 'isAlone',
            target: 'live',
            actions: [
              { type: 'noteInside', params: ({ event }) => event },
              { type: 'noteEntered', params: ({ event }) => event },
              { type: 'startServing', params: ({ event }) => event },
              'emitJoined',
            ],
          },
          {
            target: 'claiming',
            actions: [
              { type: 'noteInside', params: ({ event }) => event },
              { type: 'noteEntered', params: ({ event }) => event },
              'emitJoined',
            ],
          },
        ],
        'control.terminated': {
          target: 'reporting',
          actions: {
            type: 'decideEnd',
            params: ({ event: { at } }) => ({ reason: 'dispatch_deleted', at, error: '' }),
          },
        },
        'control.draining': {
          target: 'reporting',
          actions: { type: 'decideEnd', params: ({ event }) => drained(event) },
        },
        'control.broken': {
          target: 'reporting',
          actions: { type: 'decideEnd', params: ({ event }) => broken(event) },
        },
        'duration.isOver': {
          target: 'reporting',
          actions: { type: 'decideEnd', params: ({ context }) => overlong(context) },
        },
      },
      initial: 'connecting',
      states: {
        connecting: {
          entry: { type: 'tellRoom', params: { type: 'room.join' } },
          on: {
            'room.joinFailed': [
              { guard: 'canRetry', target: 'retrying', actions: 'countFailedJoin' },
              {
                target: '#job.reporting',
                actions: [
                  'countFailedJoin',
                  {
                    type: 'decideEnd',
                    params: ({ event: { at, error } }) => ({
                      reason: 'join_failed',
                      at,
                      error: error.message,
                    }),
                  },
                ],
              },
            ],
          },
        },
        retrying: {
          after: { joinRetry: 'connecting' },
        },
      },
    },
    claiming,
    live,
    reporting: {
      entry: ['resolveAlerts', 'emitEnding'],
      on: { 'control.statusReported': 'leaving' },
      after: { status: 'leaving' },
    },
    leaving: {
      entry: { type: 'tellRoom', params: { type: 'room.leave' } },
      always: { guard: 'isOutside', target: 'ended' },
      on: {
        'room.disconnected': { target: 'ended', actions: 'noteLeft' },
      },
      after: { leave: 'ended' },
    },
    ended: { type: 'final', entry: 'emitEnded' },
  },
});
