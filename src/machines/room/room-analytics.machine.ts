import { stateIn, type SnapshotFrom } from 'xstate';
import type { AgentCommand, RoomFact, StatsFact } from '../events.ts';
import { newestOver } from './participant-limit.logic.ts';
import { newRoom, type RoomAnalyticsContext } from './room-analytics.context.ts';
import { roomAnalyticsSetup } from './room-analytics.setup.ts';

const note = {
  type: 'note' as const,
  params: ({ event }: { event: RoomFact | StatsFact }) => event,
};
const noted = { actions: note };

const toldJob = {
  actions: {
    type: 'tellJob' as const,
    params: ({ event }: { event: AgentCommand }) => event,
  },
};

const overNow = ({ context: { census, config } }: { context: RoomAnalyticsContext }) => ({
  over: newestOver(census, config.limit),
});
const reportOver = { type: 'reportOver' as const, params: overNow };
const followRemovals = { type: 'followRemovals' as const, params: overNow };
/** Whatever is left of them: nobody is over the limit any more, or it is not ours to keep. */
const endRemovals = { type: 'followRemovals' as const, params: { over: [] } };

const nextStatus = ({ context }: { context: RoomAnalyticsContext }) => ({
  at: Math.max(context.seenAt, context.statusAt + context.config.statusMs),
});

/**
 * Counts who and what is in a room, tells how it stands at intervals, and holds it to its participant limit.
 *
 * - `watching`, side by side:
 *   - `connection`, our own: `steady`; `reconnecting`, while what ends may be told of again; `settling`,
 *     after which it has ended.
 *   - `status`: tells the figures each time it is over.
 *   - `statistics`: `off`, or `polling` while tracks are measured.
 *   - `limit`: `off`, `within`, or `over`: `alerting`; with enforcement `ordering`, which asks the server
 *     who came first, and `enforcing`, with a child for each who is being removed.
 * - `ended`: the summary was brought. It stays, for those who look at it.
 *
 * Participants are plain data in small parts and no actors: of 500 actors each join and leave would cost
 * more with every one that is there, and nothing of what is counted has a life of its own.
 *
 * Limits, with what gives way: 10,000 participants at once and 50 tracks of each (further ones are not
 * followed), 10,000 identities (then `identitiesAreExact` is false), 1,024 pairs of sender and topic (those
 * with the fewest messages are counted together), the last 20 messages and metadata of the room, the last 5
 * changes of a participant, 100 removals at once.
 */
export const roomAnalyticsMachine = roomAnalyticsSetup.createMachine({
  id: 'room-analytics',
  context: ({ input }) => newRoom(input),
  on: {
    'xstate.done.actor.*': { actions: { type: 'reap', params: ({ event }) => event } },
  },
  initial: 'watching',
  states: {
    watching: {
      type: 'parallel',
      on: {
        'room.connected': {
          actions: [note, { type: 'reportStatus', params: ({ event }) => event }],
        },
        'room.metadataChanged': noted,
        'room.speakersChanged': noted,
        'participant.connected': noted,
        'participant.active': {
          actions: [note, { type: 'activateRemoval', params: ({ event }) => event }],
        },
        'participant.disconnected': noted,
        'participant.metadataChanged': noted,
        'participant.attributesChanged': noted,
        'participant.qualityChanged': noted,
        'track.published': noted,
        'track.unpublished': noted,
        'track.subscribed': noted,
        'track.unsubscribed': noted,
        'track.subscriptionFailed': noted,
        'track.muted': noted,
        'track.unmuted': noted,
        'data.received': noted,
        'data.throttled': noted,
        'text.received': noted,
        'stats.sampled': noted,
        'command.failed': {
          actions: { type: 'refuseRemoval', params: ({ event }) => event },
        },
        // What the removals ask for.
        'data.publish': toldJob,
        'participant.remove': toldJob,
        'removal.asked': { actions: { type: 'notePastRemoval', params: ({ event }) => event } },
        'removal.failed': { actions: { type: 'noteUnremoved', params: ({ event }) => event } },
        'removal.done': { actions: 'countRemoval' },
        'job.ending': {
          target: 'ended',
          actions: { type: 'bringSummary', params: ({ event }) => event },
        },
      },
      states: {
        connection: {
          initial: 'steady',
          states: {
            steady: {
              on: { 'room.reconnecting': 'reconnecting' },
            },
            reconnecting: {
              on: {
                'participant.disconnected': {
                  actions: { type: 'hold', params: ({ event }) => event },
                },
                'track.unpublished': { actions: { type: 'hold', params: ({ event }) => event } },
                'room.reconnected': 'settling',
              },
            },
            settling: {
              on: { 'room.reconnecting': 'reconnecting' },
              after: { settle: { target: 'steady', actions: 'settle' } },
            },
          },
        },
        status: {
          initial: 'waiting',
          states: {
            waiting: {
              after: {
                status: {
                  target: 'waiting',
                  reenter: true,
                  actions: { type: 'reportStatus', params: nextStatus },
                },
              },
            },
          },
        },
        statistics: {
          initial: 'off',
          states: {
            off: {
              always: { guard: 'isMeasuring', target: 'polling' },
            },
            polling: {
              invoke: { id: 'stats', src: 'stats', input: {} },
              always: { guard: 'isUnmeasured', target: 'off' },
            },
          },
        },
        limit: {
          initial: 'off',
          states: {
            off: {
              always: { guard: 'hasLimit', target: 'within' },
            },
            within: {
              always: { guard: 'isOver', target: 'over' },
            },
            over: {
              entry: reportOver,
              exit: ['reportWithin', endRemovals],
              always: { guard: 'isWithin', target: 'within' },
              // Who is over is found among all who are there: not with every join.
              on: {
                'status.made': { actions: reportOver },
              },
              initial: 'deciding',
              states: {
                deciding: {
                  always: [
                    { guard: 'isAlertOnly', target: 'alerting' },
                    { guard: 'isOrderKnown', target: 'enforcing' },
                    { target: 'ordering' },
                  ],
                },
                alerting: {},
                ordering: {
                  entry: { type: 'tellJob', params: { type: 'roster.request' } },
                  on: {
                    'roster.listed': {
                      target: 'enforcing',
                      actions: { type: 'orderByRoster', params: ({ event }) => event },
                    },
                    'roster.failed': 'enforcing',
                  },
                  after: { roster: 'enforcing' },
                },
                enforcing: {
                  entry: followRemovals,
                  on: {
                    'room.moved': { actions: followRemovals },
                    // While our own connection is away nobody knows who that identity is by now.
                    'status.made': {
                      guard: stateIn({ watching: { connection: 'steady' } }),
                      actions: [reportOver, followRemovals, 'retryRemovals'],
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    ended: {},
  },
});

export type RoomAnalyticsSnapshot = SnapshotFrom<typeof roomAnalyticsMachine>;
