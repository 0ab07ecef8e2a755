import type { SnapshotFrom } from 'xstate';
import type { OwnTrackFact, RoomFactOf } from '../events.ts';
import { otherCamera } from './cameras.logic.ts';
import { newSession, type ParticipantSessionContext } from './session.context.ts';
import * as decide from './session.logic.ts';
import type { SessionTrack } from './session-tracks.logic.ts';
import { sessionSetup } from './participant-session.setup.ts';

export type { ParticipantSessionEvent } from './participant-session.setup.ts';

const tracksOf = ({ event }: { event: RoomFactOf<'participant.connected'> }) => ({
  tracks: event.participant.tracks,
  at: event.at,
});

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

const suspicionOf = ({ presence, config }: ParticipantSessionContext) => ({
  key: 'suspect' as const,
  at: presence.polledAt,
  evidence: { emptyPolls: config.suspectPolls, packetsBySid: presence.packetsBySid },
});

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
          actions: [
            { type: 'connect', params: ({ event }) => event },
            { type: 'addTracks', params: tracksOf },
          ],
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
        presence: {
          initial: 'present',
          on: {
            'participant.disconnected': {
              guard: { type: 'isThisConnection', params: ({ event }) => event },
              target: '.absent',
              actions: { type: 'leave', params: ({ event }) => event },
            },
          },
          states: {
            present: {
              always: {
                guard: 'isSuspect',
                target: 'suspect',
                actions: { type: 'openAlert', params: ({ context }) => suspicionOf(context) },
              },
            },
            suspect: {
              always: {
                guard: 'isTrusted',
                target: 'present',
                actions: {
                  type: 'resolveAlert',
                  params: ({ context }) => ({ key: 'suspect', at: context.presence.polledAt }),
                },
              },
            },
            absent: {
              on: {
                'participant.connected': [
                  {
                    guard: { type: 'isThisConnection', params: ({ event }) => event.participant },
                    target: 'present',
                    actions: [
                      { type: 'connect', params: ({ event }) => event },
                      { type: 'addTracks', params: tracksOf },
                    ],
                  },
                  // Somebody who is back so soon under a new SID has left all the same.
                  {
                    target: '#participant-session.connected',
                    actions: [
                      { type: 'disconnect', params: ({ context }) => ({ at: context.absentAt }) },
                      { type: 'connect', params: ({ event }) => event },
                      { type: 'addTracks', params: tracksOf },
                    ],
                  },
                ],
              },
              initial: 'grace',
              states: {
                grace: {
                  always: { guard: 'isOwnReconnecting', target: 'held' },
                  after: {
                    absentGrace: {
                      target: 'gone',
                      actions: {
                        type: 'giveUp',
                        params: ({ context: { graceAt, config } }) => ({
                          at: graceAt + config.absentGraceMs,
                        }),
                      },
                    },
                  },
                },
                held: {
                  always: { guard: 'isOwnUp', target: 'grace' },
                  after: {
                    reconnectHold: {
                      target: 'gone',
                      actions: {
                        type: 'giveUp',
                        params: ({ context: { graceAt, config } }) => ({
                          at: graceAt + config.reconnectHoldMs,
                        }),
                      },
                    },
                  },
                },
                gone: {
                  always: {
                    target: '#participant-session.disconnected',
                    actions: {
                      type: 'disconnect',
                      params: ({ context }) => ({ at: context.absentAt }),
                    },
                  },
                },
              },
            },
          },
        },
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
        video: {
          initial: 'off',
          on: {
            'track.framesFlowed': {
              target: '.flowing',
              actions: [
                {
                  type: 'keepCamera',
                  params: ({ event: { trackSid } }) => ({ trackSid, is: 'flowing' }),
                },
                {
                  type: 'resolveAlert',
                  params: ({ event: { at } }) => ({ key: 'no_video_frames', at }),
                },
                {
                  type: 'resolveAlert',
                  params: ({ event: { at } }) => ({ key: 'video_frozen', at }),
                },
              ],
            },
            'track.framesMissed': {
              actions: {
                type: 'openAlert',
                params: ({ event: { at, trackSid, missingMs } }) => ({
                  key: 'no_video_frames',
                  at,
                  evidence: { trackSid, missingMs },
                }),
              },
            },
            'track.framesNotDue': [
              {
                guard: { type: 'isAnotherFlowing', params: ({ event }) => event },
                actions: [
                  { type: 'dropCamera', params: ({ event }) => event },
                  {
                    type: 'resolveAlert',
                    params: ({ event: { at } }) => ({ key: 'no_video_frames', at }),
                  },
                ],
              },
              {
                guard: { type: 'isAnotherFrozen', params: ({ event }) => event },
                target: '.frozen',
                actions: [
                  {
                    type: 'openAlert',
                    params: ({ context: { cameras }, event: { at, trackSid } }) => ({
                      key: 'video_frozen',
                      at,
                      evidence: { trackSid: otherCamera(cameras, trackSid, 'frozen') ?? '' },
                    }),
                  },
                  { type: 'dropCamera', params: ({ event }) => event },
                  {
                    type: 'resolveAlert',
                    params: ({ event: { at } }) => ({ key: 'no_video_frames', at }),
                  },
                ],
              },
              {
                target: '.off',
                actions: [
                  { type: 'dropCamera', params: ({ event }) => event },
                  {
                    type: 'resolveAlert',
                    params: ({ event: { at } }) => ({ key: 'no_video_frames', at }),
                  },
                  {
                    type: 'resolveAlert',
                    params: ({ event: { at } }) => ({ key: 'video_frozen', at }),
                  },
                ],
              },
            ],
          },
          states: {
            off: {},
            flowing: {
              on: {
                'track.framesStopped': [
                  {
                    guard: { type: 'isAnotherFlowing', params: ({ event }) => event },
                    actions: {
                      type: 'keepCamera',
                      params: ({ event: { trackSid } }) => ({ trackSid, is: 'frozen' }),
                    },
                  },
                  {
                    target: 'frozen',
                    actions: [
                      {
                        type: 'keepCamera',
                        params: ({ event: { trackSid } }) => ({ trackSid, is: 'frozen' }),
                      },
                      'countFreeze',
                      {
                        type: 'openAlert',
                        params: ({ event: { at, trackSid } }) => ({
                          key: 'video_frozen',
                          at,
                          evidence: { trackSid, lastFrameAt: at },
                        }),
                      },
                    ],
                  },
                ],
              },
            },
            frozen: {},
          },
        },
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
          actions: [
            { type: 'connect', params: ({ event }) => event },
            { type: 'addTracks', params: tracksOf },
          ],
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
