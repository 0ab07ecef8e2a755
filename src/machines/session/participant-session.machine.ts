import {
  enqueueActions,
  assign,
  setup,
  stopChild,
  type ActorRefFrom,
  type AnyActorRef,
  type DoneActorEvent,
  type SnapshotFrom,
} from 'xstate';
import type {
  ConnectionQuality,
  EndReason,
  ParticipantInfo,
  RoomFact,
  RosterFact,
  StatsFact,
  TrackInfo,
} from '../events.ts';
import type { AlertKey } from './alerts.logic.ts';
import { audioTrackMachine } from './audio-track.machine.ts';
import { unarmed } from './presence.logic.ts';
import { isCamera, isMicrophone, mediaModeOf, type SessionTrack } from './session-tracks.logic.ts';
import {
  newSession,
  type ParticipantSessionContext,
  type ParticipantSessionInput,
} from './session.context.ts';
import type { SessionFact, SessionOutput, SessionReport } from './session.events.ts';
import * as decide from './session.logic.ts';
import type { TrackReport } from './track.events.ts';
import { videoTrackMachine } from './video-track.machine.ts';

export type ParticipantSessionEvent = SessionFact | TrackReport | DoneActorEvent;

type At = { readonly at: number };
type RoomFactOf<TType extends RoomFact['type']> = Extract<RoomFact, { type: TType }>;
type OwnTrackFact = RoomFactOf<
  | 'track.muted'
  | 'track.unmuted'
  | 'track.subscribed'
  | 'track.unsubscribed'
  | 'track.subscriptionFailed'
  | 'track.unpublished'
>;

/** Where an action puts what was decided. */
type Hand = {
  readonly self: AnyActorRef;
  readonly enqueue: {
    readonly assign: (context: ParticipantSessionContext) => void;
    readonly sendTo: (target: AnyActorRef, report: SessionReport) => void;
  };
};

function carryOut({ self, enqueue }: Hand, { context, reports }: decide.Decision): void {
  enqueue.assign(context);
  // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
  if (!self._parent) return;
  for (const report of reports) enqueue.sendTo(self._parent, report);
}

export const trackActorId = (trackSid: string): string => `track:${trackSid}`;

const tracksOf = ({ event }: { event: RoomFactOf<'participant.connected'> }) => ({
  tracks: event.participant.tracks,
  at: event.at,
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
export const participantSessionMachine = setup({
  types: {} as {
    input: ParticipantSessionInput;
    context: ParticipantSessionContext;
    events: ParticipantSessionEvent;
    output: SessionOutput;
  },
  actors: { audioTrack: audioTrackMachine, videoTrack: videoTrackMachine },
  actions: {
    connect: enqueueActions((hand, params: At & { participant: ParticipantInfo }) => {
      carryOut(hand, decide.connect(hand.context, params));
    }),
    disconnect: enqueueActions((hand, params: At) => {
      carryOut(hand, decide.disconnect(hand.context, params));
    }),
    leave: enqueueActions((hand, params: At) => {
      carryOut(hand, decide.leave(hand.context, params));
    }),
    setOwnConnection: assign((_, { is, at }: At & { is: 'up' | 'reconnecting' }) => ({
      ownConnection: is,
      // While our own link was away nobody's packets came.
      presence: unarmed(at),
      graceAt: at,
    })),
    awaitAnew: assign((_, { at }: At) => ({ awaitedAt: at })),
    giveUp: assign((_, { at }: At) => ({ goneAt: at })),
    addTracks: enqueueActions(
      ({ context, enqueue, self }, params: At & { tracks: readonly TrackInfo[] }) => {
        const { watch, config } = context;
        const known = new Set(context.tracks.map(({ sid }) => sid));
        const tracks = params.tracks
          .filter(({ sid }) => !known.has(sid))
          .slice(0, config.maxTracks - known.size);
        for (const track of tracks) {
          const { sid: trackSid, kind } = track;
          const id = trackActorId(trackSid);
          const { at } = params;
          if (kind === 'audio') {
            const speechFrom = !isMicrophone(track) ? 'none' : watch.audio ? 'levels' : 'server';
            const input = { track, at, speechFrom, config: config.audio } as const;
            enqueue.spawnChild('audioTrack', { id, input });
          } else {
            const input = {
              track,
              at,
              measured: isCamera(track) && watch.video,
              config: config.video,
            };
            enqueue.spawnChild('videoTrack', { id, input });
          }
          const mode = mediaModeOf(track, watch);
          if (self._parent)
            enqueue.sendTo(self._parent, { type: 'track.setMedia', trackSid, mode });
        }
        const added = tracks.map(({ sid, kind, source, muted }) => ({
          sid,
          kind,
          source,
          muted,
          subscribed: false,
        }));
        const newTracks = added.filter(({ sid }) => !context.endedTracks.includes(sid));
        enqueue.assign({
          tracks: [...context.tracks, ...added],
          totals: { ...context.totals, tracks: context.totals.tracks + newTracks.length },
        });
      },
    ),
    changeTrack: enqueueActions(
      (hand, params: { trackSid: string; changed: Partial<SessionTrack> }) => {
        carryOut(hand, decide.changeTrack(hand.context, params));
      },
    ),
    removeTrack: enqueueActions((hand, params: { trackSid: string }) => {
      carryOut(hand, decide.removeTrack(hand.context, params));
    }),
    tellTrack: enqueueActions(({ context, enqueue }, { type, trackSid, at }: OwnTrackFact) => {
      if (!context.tracks.some(({ sid }) => sid === trackSid)) return;
      enqueue.sendTo(trackActorId(trackSid), { type, at });
    }),
    tellSpeakers: enqueueActions(
      ({ context, enqueue }, { identities, at }: RoomFactOf<'room.speakersChanged'>) => {
        const speaking = identities.includes(context.identity);
        for (const { sid } of context.tracks.filter(isMicrophone)) {
          enqueue.sendTo(trackActorId(sid), { type: 'speakers.changed', at, speaking });
        }
      },
    ),
    poll: enqueueActions((hand, sample: Extract<StatsFact, { type: 'stats.sampled' }>) => {
      carryOut(hand, decide.poll(hand.context, sample));
    }),
    tellPolls: enqueueActions(
      ({ context, enqueue }, { tracks, at }: Extract<StatsFact, { type: 'stats.sampled' }>) => {
        // Counters that stand still while our own link is away say nothing of the participant.
        if (context.ownConnection === 'reconnecting') return;
        for (const stats of tracks) {
          if (!context.tracks.some(({ sid }) => sid === stats.trackSid)) continue;
          enqueue.sendTo(trackActorId(stats.trackSid), { type: 'track.polled', at, stats });
        }
      },
    ),
    // A finished child stays in `children` until it is stopped.
    reap: stopChild((_, params: { actorId: string }) => params.actorId),
    beginTurn: enqueueActions((hand, params: At & { trackSid: string }) => {
      carryOut(hand, decide.beginTurn(hand.context, params));
    }),
    endTurn: enqueueActions((hand, params: At) => {
      carryOut(hand, decide.endTurn(hand.context, params));
    }),
    addSpeakingTrack: assign(({ context }, { trackSid }: { trackSid: string }) => ({
      speakingTracks: [...context.speakingTracks, trackSid],
    })),
    removeSpeakingTrack: assign(({ context }, { trackSid }: { trackSid: string }) => ({
      speakingTracks: context.speakingTracks.filter((sid) => sid !== trackSid),
    })),
    showCamera: assign((_, { trackSid }: { trackSid: string }) => ({ videoTrack: trackSid })),
    countFreeze: assign(({ context: { totals } }) => ({
      totals: { ...totals, freezes: totals.freezes + 1 },
    })),
    changeQuality: enqueueActions((hand, params: At & { quality: ConnectionQuality }) => {
      carryOut(hand, decide.changeQuality(hand.context, params));
    }),
    openAlert: enqueueActions(
      (hand, params: At & { key: AlertKey; evidence: Readonly<Record<string, unknown>> }) => {
        carryOut(hand, decide.openAlert(hand.context, params));
      },
    ),
    resolveAlert: enqueueActions((hand, params: At & { key: AlertKey }) => {
      carryOut(hand, decide.resolveAlert(hand.context, params));
    }),
    askRoster: enqueueActions(({ enqueue, self }) => {
      if (self._parent) enqueue.sendTo(self._parent, { type: 'roster.request' });
    }),
    end: enqueueActions((hand, params: At & { reason: EndReason }) => {
      carryOut(hand, decide.end(hand.context, params));
    }),
  },
  guards: {
    isThisConnection: ({ context }, { sid }: { sid: string }) => context.sid === sid,
    isSuspect: ({ context }) => context.presence.emptyPolls >= context.config.suspectPolls,
    isTrusted: ({ context }) => context.presence.emptyPolls === 0,
    isOwnUp: ({ context }) => context.ownConnection === 'up',
    isOwnReconnecting: ({ context }) => context.ownConnection === 'reconnecting',
    isListed: ({ context }, { participants }: Extract<RosterFact, { type: 'roster.listed' }>) =>
      participants.some(({ identity }) => identity === context.identity),
    isLastSpeaking: ({ context }, { trackSid }: { trackSid: string }) =>
      context.speakingTracks.every((sid) => sid === trackSid),
    isShown: ({ context }, { trackSid }: { trackSid: string }) => context.videoTrack === trackSid,
    isQuality: (_, params: { is: ConnectionQuality; quality: ConnectionQuality }) =>
      params.is === params.quality,
    isOver: ({ context }) => context.endOnDisconnect,
  },
  delays: {
    inactivityTimeout: ({ context }) => context.config.inactivityTimeoutMs,
    rosterTimeout: ({ context }) => context.config.rosterTimeoutMs,
    absentGrace: ({ context }) => context.config.absentGraceMs,
    reconnectHold: ({ context }) => context.config.reconnectHoldMs,
    longSession: ({ context }) => context.config.longSessionMs,
  },
}).createMachine({
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
        'track.subscribed': {
          actions: [
            { type: 'tellTrack', params: ({ event }) => event },
            {
              type: 'changeTrack',
              params: ({ event }) => ({ ...event, changed: { subscribed: true } }),
            },
          ],
        },
        'track.unsubscribed': {
          actions: [
            { type: 'tellTrack', params: ({ event }) => event },
            {
              type: 'changeTrack',
              params: ({ event }) => ({ ...event, changed: { subscribed: false } }),
            },
          ],
        },
        'track.subscriptionFailed': {
          actions: { type: 'tellTrack', params: ({ event }) => event },
        },
        'track.muted': {
          actions: [
            { type: 'tellTrack', params: ({ event }) => event },
            {
              type: 'changeTrack',
              params: ({ event }) => ({ ...event, changed: { muted: true } }),
            },
          ],
        },
        'track.unmuted': {
          actions: [
            { type: 'tellTrack', params: ({ event }) => event },
            {
              type: 'changeTrack',
              params: ({ event }) => ({ ...event, changed: { muted: false } }),
            },
          ],
        },
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
                { type: 'showCamera', params: ({ event }) => event },
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
                guard: { type: 'isShown', params: ({ event }) => event },
                target: '.off',
                actions: [
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
              {
                actions: {
                  type: 'resolveAlert',
                  params: ({ event: { at } }) => ({ key: 'no_video_frames', at }),
                },
              },
            ],
          },
          states: {
            off: {},
            flowing: {
              on: {
                'track.framesStopped': {
                  guard: { type: 'isShown', params: ({ event }) => event },
                  target: 'frozen',
                  actions: [
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

export type ParticipantSessionRef = ActorRefFrom<typeof participantSessionMachine>;
export type ParticipantSessionSnapshot = SnapshotFrom<typeof participantSessionMachine>;
