import {
  assertEvent,
  assign,
  createMachine,
  emit,
  enqueueActions,
  raise,
  sendTo,
  setup,
  type ActorRefFrom,
  type AnyStateMachine,
  type DoneActorEvent,
  type ErrorActorEvent,
  type SnapshotFrom,
} from 'xstate';
import type {
  AgentCommand,
  AgentFact,
  AgentReport,
  Alert,
  ControlFact,
  EndReason,
  ParticipantInfo,
  RoomCommand,
  RoomFact,
  RosterCommand,
  RosterFact,
  SessionHealth,
} from '../events.ts';
import { notProvided } from '../slots.ts';
import { endReasonOf, statusOf } from './end-reason.logic.ts';
import type { AgentInput } from './job.events.ts';

export type JobConfig = {
  /** Attempts to join before the job fails. */
  readonly joinAttempts: number;
  readonly joinRetryMs: number;
  /** How long the agent is given to bring its summary when its job ends. */
  readonly summaryMs: number;
  /** How long the final status may take before the room is left without knowing of it. */
  readonly statusMs: number;
  /** How long leaving the room may take. */
  readonly leaveMs: number;
  /** How long after a JobTermination the room may still say why. */
  readonly terminationMs: number;
  /** How long after our own reconnect a JobTermination is the server's mistake (livekit#4887). */
  readonly reconnectHoldMs: number;
  readonly drainMs: number;
  /** Null: no limit. */
  readonly maxDurationMs: number | null;
};

export type JobInput = {
  readonly agent: AgentInput;
  readonly config: JobConfig;
};

type Ending = { readonly reason: EndReason; readonly at: number; readonly error: string };

export type JobContext = JobInput & {
  readonly joinsFailed: number;
  readonly joinedAt: number | null;
  /** False once the server has ended the job by mistake: only room events end it then. */
  readonly tracked: boolean;
  readonly terminatedAt: number;
  readonly drainingAt: number | null;
  readonly inRoom: boolean;
  /** Until something decides otherwise, an end is our own error. */
  readonly ending: Ending;
  readonly openAlerts: readonly Alert[];
};

export type JobEvent =
  | RoomFact
  | RosterFact
  | ControlFact
  | AgentCommand
  | AgentReport
  | { readonly type: 'drain.isOver' }
  | { readonly type: 'duration.isOver' }
  | DoneActorEvent
  | ErrorActorEvent;

/** What the job emits; composition stamps the time and takes it to the worker. */
export type JobEmission =
  | { readonly type: 'job.joined' }
  | {
      readonly type: 'job.ending';
      readonly reason: EndReason;
      readonly status: 'success' | 'failed';
      readonly error: string;
    }
  | { readonly type: 'job.ended'; readonly reason: EndReason }
  | { readonly type: 'job.alertOpened'; readonly alert: Alert }
  | { readonly type: 'job.alertResolved'; readonly alert: Alert }
  | { readonly type: 'job.healthChanged'; readonly health: SessionHealth }
  | {
      readonly type: 'job.summaryMade';
      readonly summary: Readonly<Record<string, unknown>>;
    };

/** Alerts that one job keeps for those who look; the oldest are dropped. */
const MAX_OPEN_ALERTS = 100;

/** Stands in the slot of the agent's machine until composition provides one. */
const noAgent: AnyStateMachine = createMachine({ id: 'no-agent' });

type At = { readonly at: number };

const overlong = ({ agent, config }: JobContext): Ending => ({
  reason: 'max_duration',
  at: agent.startedAt + (config.maxDurationMs ?? 0),
  error: '',
});

type ArrivalFact = Extract<RoomFact, { type: 'participant.connected' }>;

/** The room tells of an activity that begins; an agent hears of one that is there already alike. */
const activityOf = (participants: readonly ParticipantInfo[], at: number): readonly AgentFact[] =>
  participants
    .filter(({ active }) => active)
    .map(({ identity, sid }) => ({ type: 'participant.active', at, identity, sid }));

const tellAgent = {
  type: 'tellAgent' as const,
  params: ({ event }: { event: AgentFact }) => event,
};
const told = { actions: tellAgent };

/**
 * Runs one agent's machine in one room, from the assignment to the final status.
 *
 * - `joining`: `connecting`, or `retrying` after a failed attempt.
 * - `live`: in the room, with the agent's machine as child `agent`, which hears every fact.
 *   - `running`: `steady`; `reconnecting` and `recovering`, in which a JobTermination is the
 *     server's mistake; `terminating`, which waits for the room to say why.
 *   - `closing`: the agent brings its summary.
 * - `reporting`: the final status is on its way to the server, which must have it before we leave.
 * - `leaving`: leaves the room.
 * - `ended`.
 */
export const jobMachine = setup({
  types: {} as {
    input: JobInput;
    context: JobContext;
    events: JobEvent;
    emitted: JobEmission;
  },
  actors: {
    room: notProvided<Record<string, never>, RoomCommand>('room'),
    roster: notProvided<{ roomName: string }, RosterCommand>('roster'),
    control: notProvided<Record<string, never>>('control'),
    agent: noAgent,
  },
  actions: {
    tellRoom: sendTo('room', (_, command: RoomCommand) => command),
    askRoster: sendTo('roster', { type: 'roster.request' }),
    tellAgent: sendTo('agent', (_, fact: AgentFact) => fact),
    tellWhoIsHere: enqueueActions(({ event, enqueue }) => {
      assertEvent(event, 'room.connected');
      const { participants, at } = event;
      enqueue.sendTo('agent', event);
      for (const fact of activityOf(participants, at)) enqueue.sendTo('agent', fact);
    }),
    tellArrival: enqueueActions(({ enqueue }, fact: ArrivalFact) => {
      enqueue.sendTo('agent', fact);
      for (const active of activityOf([fact.participant], fact.at)) {
        enqueue.sendTo('agent', active);
      }
    }),
    countFailedJoin: assign(({ context }) => ({ joinsFailed: context.joinsFailed + 1 })),
    noteJoined: assign((_, { at }: At) => ({ joinedAt: at })),
    noteInside: assign({ inRoom: true }),
    noteLeft: assign({ inRoom: false }),
    startDurationLimit: enqueueActions(({ context, enqueue }) => {
      if (context.config.maxDurationMs === null) return;
      enqueue(
        raise({ type: 'duration.isOver' }, { id: 'duration', delay: context.config.maxDurationMs }),
      );
    }),
    startDraining: assign((_, { at }: At) => ({ drainingAt: at })),
    startDrainLimit: raise({ type: 'drain.isOver' }, { id: 'drain', delay: 'drain' }),
    noteTermination: assign((_, { at }: At) => ({ terminatedAt: at })),
    untrack: assign({ tracked: false }),
    decideEnd: assign((_, ending: Ending) => ({ ending })),
    tellEnding: sendTo('agent', ({ context }) => ({
      type: 'job.ending',
      at: context.ending.at,
      reason: context.ending.reason,
    })),
    emitJoined: emit({ type: 'job.joined' as const }),
    emitEnding: emit(({ context }) => {
      const { reason, error } = context.ending;
      return { type: 'job.ending' as const, reason, status: statusOf[reason], error };
    }),
    emitEnded: emit(({ context }) => ({
      type: 'job.ended' as const,
      reason: context.ending.reason,
    })),
    emitReport: emit((_, report: JobEmission) => report),
    openAlert: assign(({ context }, { alert }: { alert: Alert }) => ({
      openAlerts: [...context.openAlerts, alert].slice(-MAX_OPEN_ALERTS),
    })),
    closeAlert: assign(({ context }, { alert }: { alert: Alert }) => ({
      openAlerts: context.openAlerts.filter(({ key }) => key !== alert.key),
    })),
  },
  guards: {
    isNotDraining: ({ context }) => context.drainingAt === null,
    isOutside: ({ context }) => !context.inRoom,
    canRetry: ({ context }) => context.joinsFailed + 1 < context.config.joinAttempts,
    isOtherRoom: ({ context }, { sid }: { sid: string }) =>
      context.agent.job.room.sid !== '' && sid !== context.agent.job.room.sid,
  },
  delays: {
    joinRetry: ({ context }) => context.config.joinRetryMs,
    summary: ({ context }) => context.config.summaryMs,
    status: ({ context }) => context.config.statusMs,
    leave: ({ context }) => context.config.leaveMs,
    termination: ({ context }) => context.config.terminationMs,
    reconnectHold: ({ context }) => context.config.reconnectHoldMs,
    drain: ({ context }) => context.config.drainMs,
  },
}).createMachine({
  id: 'job',
  context: ({ input }) => ({
    ...input,
    joinsFailed: 0,
    joinedAt: null,
    tracked: true,
    terminatedAt: 0,
    drainingAt: null,
    inRoom: false,
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
              'noteInside',
              {
                type: 'decideEnd',
                params: ({ event: { at } }) => ({ reason: 'room_deleted', at, error: '' }),
              },
            ],
          },
          {
            target: 'live',
            actions: [
              'noteInside',
              { type: 'noteJoined', params: ({ event }) => event },
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
          actions: {
            type: 'decideEnd',
            params: ({ event: { at } }) => ({ reason: 'drained', at, error: '' }),
          },
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
    live: {
      invoke: {
        id: 'agent',
        src: 'agent',
        input: ({ context: { agent, joinedAt } }: { context: JobContext }): AgentInput => ({
          ...agent,
          startedAt: joinedAt ?? agent.startedAt,
        }),
      },
      entry: 'tellWhoIsHere',
      on: {
        'room.reconnecting': told,
        'room.reconnected': told,
        'room.metadataChanged': told,
        'room.speakersChanged': told,
        'participant.connected': {
          actions: { type: 'tellArrival', params: ({ event }) => event },
        },
        'participant.active': told,
        'participant.disconnected': told,
        'participant.metadataChanged': told,
        'participant.attributesChanged': told,
        'participant.qualityChanged': told,
        'track.published': told,
        'track.unpublished': told,
        'track.subscribed': told,
        'track.unsubscribed': told,
        'track.subscriptionFailed': told,
        'track.muted': told,
        'track.unmuted': told,
        'data.received': told,
        'text.received': told,
        'command.failed': told,
        'roster.listed': told,
        'roster.failed': told,
        'data.publish': { actions: { type: 'tellRoom', params: ({ event }) => event } },
        'track.setMedia': { actions: { type: 'tellRoom', params: ({ event }) => event } },
        'participant.setAttributes': {
          actions: { type: 'tellRoom', params: ({ event }) => event },
        },
        'roster.request': { actions: 'askRoster' },
        'alert.opened': {
          actions: [
            { type: 'openAlert', params: ({ event }) => event },
            {
              type: 'emitReport',
              params: ({ event: { alert } }) => ({ type: 'job.alertOpened', alert }),
            },
          ],
        },
        'alert.resolved': {
          actions: [
            { type: 'closeAlert', params: ({ event }) => event },
            {
              type: 'emitReport',
              params: ({ event: { alert } }) => ({ type: 'job.alertResolved', alert }),
            },
          ],
        },
        'health.changed': {
          actions: {
            type: 'emitReport',
            params: ({ event: { health } }) => ({ type: 'job.healthChanged', health }),
          },
        },
        'summary.made': {
          actions: {
            type: 'emitReport',
            params: ({ event: { summary } }) => ({ type: 'job.summaryMade', summary }),
          },
        },
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
            'job.end': {
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
                {
                  type: 'decideEnd',
                  params: ({ event: { at, reason } }) => ({
                    reason: endReasonOf(reason),
                    at,
                    error: '',
                  }),
                },
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
                  actions: {
                    type: 'decideEnd',
                    params: ({ context }) => ({
                      reason: 'dispatch_deleted',
                      at: context.terminatedAt + context.config.terminationMs,
                      error: '',
                    }),
                  },
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
      entry: 'emitEnding',
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

export type JobRef = ActorRefFrom<typeof jobMachine>;
export type JobSnapshot = SnapshotFrom<typeof jobMachine>;
