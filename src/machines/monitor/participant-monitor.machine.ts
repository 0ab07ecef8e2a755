import { and, stateIn, type SnapshotFrom } from 'xstate';
import type { SessionFact } from '../session/session.events.ts';
import { noShards } from '../sharded-table.logic.ts';
import { healthOf, quietHealth } from './health.logic.ts';
import { monitorSetup } from './participant-monitor.setup.ts';

const told = {
  actions: {
    type: 'tellSession' as const,
    params: ({ event }: { event: SessionFact }) => event,
  },
};

const toldWhereTarget = {
  guard: {
    type: 'isTarget' as const,
    params: ({ event }: { event: { readonly identity: string } }) => event,
  },
  ...told,
};

/**
 * Watches one participant of a room and tells the room about it.
 *
 * It keeps no figures of its own: the child `session` does. Side by side
 * - `watching`: `open` until the session has ended, then `ended`, with the summary brought.
 * - `statistics`: `off`; `polling` while media of the participant flows to us.
 * - `notice`: what the others know of the participant's speech: `quiet`; `held`, a turn that began
 *   too soon after the last one they were told of, or while nobody else was there; `announced`.
 * - `pace`: whether the others may be told of a turn: `free`, or `waiting` since the last one.
 *
 * Limit: the first 5,000 other participants are told of speech, later ones are not.
 */
export const participantMonitorMachine = monitorSetup.createMachine({
  id: 'participant-monitor',
  context: ({ input }) => ({
    ...input,
    identity: input.metadata.participant_identity,
    others: noShards,
    otherCount: 0,
    welcomedSid: null,
    announcedAt: 0,
    turnAt: 0,
    health: quietHealth,
  }),
  entry: 'openSession',
  type: 'parallel',
  states: {
    watching: {
      initial: 'open',
      states: {
        open: {
          on: {
            'room.connected': {
              actions: [
                {
                  type: 'addOthers',
                  params: ({ event: { participants } }) => ({
                    others: participants,
                  }),
                },
                { type: 'findTarget', params: ({ event }) => event },
              ],
            },
            'participant.connected': [
              {
                guard: { type: 'isTarget', params: ({ event }) => event.participant },
                actions: { type: 'tellSession', params: ({ event }) => event },
              },
              {
                actions: {
                  type: 'addOthers',
                  params: ({ event }) => ({ others: [event.participant] }),
                },
              },
            ],
            'participant.disconnected': [
              {
                guard: { type: 'isTarget', params: ({ event }) => event },
                actions: { type: 'tellSession', params: ({ event }) => event },
              },
              { actions: { type: 'removeOther', params: ({ event }) => event } },
            ],
            'participant.active': {
              guard: { type: 'isUnwelcomed', params: ({ event }) => event },
              actions: { type: 'welcome', params: ({ event }) => event },
            },
            'participant.qualityChanged': toldWhereTarget,
            'track.published': toldWhereTarget,
            'track.unpublished': toldWhereTarget,
            'track.subscribed': toldWhereTarget,
            'track.unsubscribed': toldWhereTarget,
            'track.subscriptionFailed': toldWhereTarget,
            'track.muted': toldWhereTarget,
            'track.unmuted': toldWhereTarget,
            'room.speakersChanged': told,
            'room.reconnecting': told,
            'room.reconnected': told,
            'roster.listed': told,
            'roster.failed': told,
            'stats.sampled': told,
            'job.ending': {
              actions: {
                type: 'tellSession',
                params: ({ event: { at, reason } }) => ({ type: 'session.end', at, reason }),
              },
            },
            'track.setMedia': { actions: { type: 'tellJob', params: ({ event }) => event } },
            'roster.request': { actions: { type: 'tellJob', params: ({ event }) => event } },
            'session.connected': {
              actions: { type: 'changeHealth', params: { active: true } },
            },
            'session.disconnected': {
              actions: { type: 'changeHealth', params: { active: false } },
            },
            'session.speechChanged': {
              actions: {
                type: 'changeHealth',
                params: ({ event: { speaking } }) => ({ speaking }),
              },
            },
            'session.qualityNoticed': {
              guard: 'isToldOfQuality',
              actions: { type: 'noticeQuality', params: ({ event }) => event },
            },
            'alert.opened': {
              actions: [
                { type: 'tellJob', params: ({ event }) => event },
                {
                  type: 'changeHealth',
                  params: ({ event: { alert } }) => healthOf(alert.key, true),
                },
              ],
            },
            'alert.updated': { actions: { type: 'tellJob', params: ({ event }) => event } },
            'alert.resolved': {
              actions: [
                { type: 'tellJob', params: ({ event }) => event },
                {
                  type: 'changeHealth',
                  params: ({ event: { alert } }) => healthOf(alert.key, false),
                },
              ],
            },
            // The session is the only child that finishes. It stays, for those who look at it.
            'xstate.done.actor.*': {
              target: 'ended',
              actions: [
                { type: 'changeHealth', params: quietHealth },
                { type: 'bringSummary', params: ({ event }) => event.output },
              ],
            },
          },
        },
        ended: {},
      },
    },
    statistics: {
      initial: 'off',
      on: {
        'session.mediaChanged': [
          { guard: { type: 'isFlowing', params: ({ event }) => event }, target: '.polling' },
          { target: '.off' },
        ],
      },
      states: {
        off: {},
        polling: {
          invoke: { id: 'stats', src: 'stats', input: {} },
        },
      },
    },
    notice: {
      initial: 'quiet',
      states: {
        quiet: {
          on: {
            'session.speechChanged': {
              guard: { type: 'isToldOfSpeech', params: ({ event }) => event },
              target: 'held',
              actions: { type: 'beginTurn', params: ({ event }) => event },
            },
          },
        },
        held: {
          always: {
            guard: and(['isAnybodyElseHere', stateIn({ pace: 'free' })]),
            target: 'announced',
            actions: 'announceSpeech',
          },
          on: {
            'session.speechChanged': {
              guard: { type: 'isSilence', params: ({ event }) => event },
              target: 'quiet',
            },
          },
        },
        announced: {
          on: {
            'session.speechChanged': {
              guard: { type: 'isSilence', params: ({ event }) => event },
              target: 'quiet',
              actions: { type: 'announceSilence', params: ({ event }) => event },
            },
          },
        },
      },
    },
    // A clock of its own, and not the times of the turns: receivers count from when a message comes.
    pace: {
      initial: 'free',
      states: {
        free: { on: { 'speech.announced': 'waiting' } },
        waiting: { after: { announceEvery: 'free' } },
      },
    },
  },
});

export type ParticipantMonitorSnapshot = SnapshotFrom<typeof participantMonitorMachine>;
