import type { RoomServiceCommand } from '../events.ts';
import { failed } from './ending.logic.ts';
import type { AgentInput } from './job.events.ts';
import { alertLimits, jobSetup, type JobContext } from './job.setup.ts';
import { malformed, noteHere, tellAgent } from './job.transitions.ts';
import { running } from './running.state.ts';

const told = { actions: tellAgent };
const notedAndTold = { actions: [noteHere, tellAgent] };

const askedOfRoomService = {
  actions: {
    type: 'tellRoomService' as const,
    params: ({ event }: { event: RoomServiceCommand }) => event,
  },
};

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** In the room, with the agent's machine as child: hears its reports, and tells it every fact. */
export const live = jobSetup.createStateConfig({
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
    'condition.met': [malformed, { actions: { type: 'tellAlerts', params: ({ event }) => event } }],
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
        params: ({ context, event }) => failed(context, messageOf(event.error)),
      },
    },
  },
  initial: 'running',
  states: {
    running,
    closing: {
      entry: 'tellEnding',
      on: {
        'job.end': '#job.reporting',
        'xstate.done.actor.agent': '#job.reporting',
      },
      after: { summary: '#job.reporting' },
    },
  },
});
