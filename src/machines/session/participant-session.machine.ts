import type { SnapshotFrom } from 'xstate';
import type { OwnTrackFact, RoomFactOf } from '../events.ts';
import { coming, presence } from './presence.state.ts';
import { newSession } from './session.context.ts';
import * as decide from './session.logic.ts';
import type { SessionTrack } from './session-tracks.logic.ts';
import { sessionSetup } from './participant-session.setup.ts';
import { video } from './video.state.ts';

export type { ParticipantSessionEvent } from './participant-session.setup.ts';

/** The session and the track's actor both keep what has changed of a track. */
const changing = (changed: Partial<SessionTrack>) => ({
  actions: [
    { type: 'tellTrack' as const, params: ({ event }: { event: OwnTrackFact }) => event },
    {
      type: 'changeTrack' as const,
      params: ({ event: { trackSid } }: { event: OwnTrackFact }) => ({ trackSid, changed }),
    },
  ],
});

const neverConnected = (at: number) => ({ reason: 'participant_never_connected' as const, at });

/**
 * Follows one participant, over all of their connections, from the dispatch to the end.
 *
 * - `awaitingParticipant`: in the room already, coming later, or never coming.
 * - `connected`: side by side
 *   - `presence`: `present`; `suspect`, no packets although the server says connected; `absent`,
 *     left, which may still turn out to be a reconnect.
 *   - `speech`: `silent`, `speaking`; from the microphone.
 *   - `video`: `off`, `flowing`, `frozen`; from the camera.
 *   - `quality`: `unknown`, `excellent`, `good`, `poor`, `lost`; LiveKit's own value.
 * - `disconnected`: gone; the same identity may come back.
 * - `ended`: the output is the summary.
 *
 * Limits: `maxTracks` track actors, a track beyond it is not followed; `maxQualityChanges`, the
 * oldest are dropped.
 */
export const participantSessionMachine = sessionSetup.createMachine({
  id: 'participant-session',
  context: ({ input }) => newSession(input),
  initial: 'awaitingParticipant',
  after: {
    longSession: {
      actions: {
        type: 'openAlert',
        params: ({ context }) => ({
          key: 'long_session',
          at: context.startedAt + context.config.longSessionMs,
          evidence: { longerThanMs: context.config.longSessionMs },
        }),
      },
    },
  },
  on: {
    'room.reconnecting': {
      actions: {
        type: 'setOwnConnection',
        params: ({ event: { at } }) => ({ is: 'reconnecting', at }),
      },
    },
    'room.reconnected': {
      actions: { type: 'setOwnConnection', params: ({ event: { at } }) => ({ is: 'up', at }) },
    },
    'session.end': {
      target: '.ended',
      actions: { type: 'end', params: ({ event }) => event },
    },
    'xstate.done.actor.*': { actions: { type: 'reap', params: ({ event }) => event } },
  },
  states: {
    awaitingParticipant: {
      on: {
        'participant.connected': {
          target: 'connected',
          actions: coming,
        },
      },
      initial: 'waiting',
      states: {
        waiting: {
          after: { inactivityTimeout: 'asking' },
        },
        // On a busy machine somebody stands in the server's list for a while before the room says so.
        asking: {
          entry: 'askRoster',
          on: {
            'roster.listed': [
              {
                guard: { type: 'isListed', params: ({ event }) => event },
                target: 'waiting',
                actions: { type: 'awaitAnew', params: ({ event }) => event },
              },
              {
                target: '#participant-session.ended',
                actions: { type: 'end', params: ({ event: { at } }) => neverConnected(at) },
              },
            ],
            'roster.failed': {
              target: '#participant-session.ended',
              actions: { type: 'end', params: ({ event: { at } }) => neverConnected(at) },
            },
          },
          after: {
            rosterTimeout: {
              target: '#participant-session.ended',
              actions: {
                type: 'end',
                params: ({ context: { awaitedAt, config } }) =>
                  neverConnected(awaitedAt + config.inactivityTimeoutMs + config.rosterTimeoutMs),
              },
            },
          },
        },
      },
    },
    connected: {
      type: 'parallel',
      on: {
        'track.published': {
          actions: {
            type: 'addTracks',
            params: ({ event: { track, at } }) => ({ tracks: [track], at }),
          },
        },
        'track.unpublished': {
          actions: [
            { type: 'tellTrack', params: ({ event }) => event },
            { type: 'removeTrack', params: ({ event }) => event },
          ],
        },
        'track.subscribed': changing({ subscribed: true }),
        'track.unsubscribed': changing({ subscribed: false }),
        'track.subscriptionFailed': {
          actions: { type: 'tellTrack', params: ({ event }) => event },
        },
        'track.muted': changing({ muted: true }),
        'track.unmuted': changing({ muted: false }),
        'room.speakersChanged': {
          actions: { type: 'tellSpeakers', params: ({ event }) => event },
        },
        'stats.sampled': {
          actions: [
            { type: 'poll', params: ({ event }) => event },
            { type: 'tellPolls', params: ({ event }) => event },
          ],
        },
      },
      states: {
        presence,
        speech: {
          initial: 'silent',
          states: {
            silent: {
              on: {
                'track.speechStarted': {
                  target: 'speaking',
                  actions: { type: 'beginTurn', params: ({ event }) => event },
                },
              },
            },
            speaking: {
              on: {
                'track.speechStarted': {
                  actions: { type: 'addSpeakingTrack', params: ({ event }) => event },
                },
                'track.speechEnded': [
                  {
                    guard: { type: 'isLastSpeaking', params: ({ event }) => event },
                    target: 'silent',
                    actions: { type: 'endTurn', params: ({ event }) => event },
                  },
                  { actions: { type: 'removeSpeakingTrack', params: ({ event }) => event } },
                ],
              },
            },
          },
        },
        video,
        quality: {
          initial: 'unknown',
          on: {
            'participant.qualityChanged': (['excellent', 'good', 'poor', 'lost'] as const).map(
              (is) => ({
                guard: {
                  type: 'isQuality' as const,
                  params: ({ event }: { event: RoomFactOf<'participant.qualityChanged'> }) => ({
                    is,
                    quality: event.quality,
                  }),
                },
                target: `.${is}` as const,
                actions: {
                  type: 'changeQuality' as const,
                  params: ({ event }: { event: RoomFactOf<'participant.qualityChanged'> }) => event,
                },
              }),
            ),
          },
          states: { unknown: {}, excellent: {}, good: {}, poor: {}, lost: {} },
        },
      },
    },
    disconnected: {
      always: {
        guard: 'isOver',
        target: 'ended',
        actions: {
          type: 'end',
          params: ({ context }) => ({ reason: 'participant_left', at: context.absentAt }),
        },
      },
      on: {
        'participant.connected': {
          target: 'connected',
          actions: coming,
        },
      },
      after: {
        inactivityTimeout: {
          target: 'ended',
          actions: {
            type: 'end',
            params: ({ context }) => ({
              reason: 'participant_left',
              at: context.goneAt + context.config.inactivityTimeoutMs,
            }),
          },
        },
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) =>
    // `ended` is always entered by way of `end`, which the type of a context cannot say.
    context.ended ?? {
      reason: 'agent_error',
      summary: decide.summaryOf(context, 'agent_error', context.absentAt),
    },
});

export type ParticipantSessionSnapshot = SnapshotFrom<typeof participantSessionMachine>;
