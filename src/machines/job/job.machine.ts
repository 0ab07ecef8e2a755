import type { AgentFact, AgentReport, RoomFact, RoomServiceCommand } from '../events.ts';
import { reportProblem } from './agent-report.logic.ts';
import { claiming } from './claiming.state.ts';
import { broken, disconnected, drained, overlong, undispatched } from './ending.logic.ts';
import type { AgentInput } from './job.events.ts';
import { alertLimits, jobSetup, type Ending, type JobContext } from './job.setup.ts';

export type { JobConfig, JobContext, JobEmission, JobEvent, JobInput } from './job.setup.ts';

const tellAgent = {
  type: 'tellAgent' as const,
  params: ({ event }: { event: AgentFact }) => event,
};
const told = { actions: tellAgent };

const noteHere = {
  type: 'noteHere' as const,
  params: ({ event }: { event: RoomFact }) => event,
};
const notedAndTold = { actions: [noteHere, tellAgent] };

const askedOfRoomService = {
  actions: {
    type: 'tellRoomService' as const,
    params: ({ event }: { event: RoomServiceCommand }) => event,
  },
};

/** A report that is not what it should be ends the job like an exception: nobody else may stumble over it. */
const malformed = {
  guard: { type: 'isMalformed' as const, params: ({ event }: { event: AgentReport }) => event },
  target: '#job.reporting' as const,
  actions: {
    type: 'decideEnd' as const,
    params: ({ context, event }: { context: JobContext; event: AgentReport }): Ending => ({
      reason: 'agent_error',
      at: context.ending.at,
      error: reportProblem(event) ?? '',
    }),
  },
};

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
    live: {
      invoke: [
        {
          id: 'agent',
          src: 'agent',
          input: ({ context: { agent, servesSince } }: { context: JobContext }): AgentInput => ({
            ...agent,
            startedAt: servesSince ?? agent.startedAt,
          }),
        },
        { id: 'alerts', src: 'alerts', input: alertLimits },
      ],
      entry: ['followRules', 'tellWhoIsHere'],
      exit: 'stopRules',
      on: {
        'room.reconnecting': told,
        'room.reconnected': told,
        'room.metadataChanged': notedAndTold,
        'room.speakersChanged': told,
        'participant.connected': {
          actions: [noteHere, { type: 'tellArrival', params: ({ event }) => event }],
        },
        'participant.active': told,
        'participant.disconnected': notedAndTold,
        'participant.metadataChanged': told,
        'participant.attributesChanged': told,
        'participant.throttled': told,
        'participant.qualityChanged': told,
        'track.published': notedAndTold,
        'track.unpublished': notedAndTold,
        'track.subscribed': notedAndTold,
        'track.unsubscribed': notedAndTold,
        'track.subscriptionFailed': told,
        'track.muted': told,
        'track.unmuted': told,
        'data.received': told,
        'data.throttled': told,
        'text.received': told,
        // An agent would take it for the failure of a request of its own.
        'command.failed': [
          {
            guard: { type: 'isAskedByRule', params: ({ event }) => event },
            actions: { type: 'tellRules', params: ({ event }) => event },
          },
          told,
        ],
        'recording.started': told,
        'recording.stopped': told,
        'roster.listed': told,
        'roster.failed': told,
        'data.publish': { actions: { type: 'tellRoom', params: ({ event }) => event } },
        'track.setMedia': { actions: { type: 'tellRoom', params: ({ event }) => event } },
        'participant.setAttributes': {
          actions: { type: 'tellRoom', params: ({ event }) => event },
        },
        'participant.remove': askedOfRoomService,
        'track.mute': askedOfRoomService,
        'recording.start': askedOfRoomService,
        'recording.stop': askedOfRoomService,
        'webhook.send': { actions: { type: 'tellWebhooks', params: ({ event }) => event } },
        'roster.request': { actions: 'askRoster' },
        'condition.met': [
          malformed,
          { actions: { type: 'tellAlerts', params: ({ event }) => event } },
        ],
        'condition.gone': [
          malformed,
          { actions: { type: 'tellAlerts', params: ({ event }) => event } },
        ],
        'alert.opened': [
          malformed,
          {
            guard: { type: 'isNewAlert', params: ({ event }) => event },
            actions: [
              { type: 'openAlert', params: ({ event }) => event },
              { type: 'tellRules', params: ({ event }) => event },
              {
                type: 'emitReport',
                params: ({ event: { alert } }) => ({ type: 'job.alertOpened', alert }),
              },
            ],
          },
        ],
        'alert.updated': [
          malformed,
          {
            guard: { type: 'isOpenAlert', params: ({ event }) => event },
            actions: [
              { type: 'updateAlert', params: ({ event }) => event },
              { type: 'tellRules', params: ({ event }) => event },
              {
                type: 'emitReport',
                params: ({ event: { alert } }) => ({ type: 'job.alertUpdated', alert }),
              },
            ],
          },
        ],
        'alert.resolved': [
          malformed,
          {
            guard: { type: 'isOpenAlert', params: ({ event }) => event },
            actions: [
              { type: 'closeAlert', params: ({ event }) => event },
              { type: 'tellRules', params: ({ event }) => event },
              {
                type: 'emitReport',
                params: ({ event: { alert } }) => ({ type: 'job.alertResolved', alert }),
              },
            ],
          },
        ],
        'health.changed': [
          malformed,
          {
            actions: {
              type: 'emitReport',
              params: ({ event: { health } }) => ({ type: 'job.healthChanged', health }),
            },
          },
        ],
        'figures.reported': [
          malformed,
          {
            actions: {
              type: 'emitReport',
              params: ({ event: { figures } }) => ({ type: 'job.figuresReported', figures }),
            },
          },
        ],
        'summary.made': [
          malformed,
          {
            actions: {
              type: 'emitReport',
              params: ({ event: { summary } }) => ({ type: 'job.summaryMade', summary }),
            },
          },
        ],
        'xstate.error.actor.agent': {
          target: 'reporting',
          actions: {
            type: 'decideEnd',
            params: ({ context, event }) => ({
              reason: 'agent_error',
              at: context.ending.at,
              error: messageOf(event.error),
            }),
          },
        },
      },
      initial: 'running',
      states: {
        running: {
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
                params: ({ context }) => ({
                  reason: 'agent_error',
                  at: context.ending.at,
                  error: 'the agent reached a final state without telling its job to end (job.end)',
                }),
              },
            },
            'room.disconnected': {
              target: 'closing',
              actions: [
                'noteLeft',
                { type: 'decideEnd', params: ({ event }) => disconnected(event) },
              ],
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
        },
        closing: {
          entry: 'tellEnding',
          on: {
            'job.end': '#job.reporting',
            'xstate.done.actor.agent': '#job.reporting',
          },
          after: { summary: '#job.reporting' },
        },
      },
    },
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

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
