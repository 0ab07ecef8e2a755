import {
  enqueueActions,
  assign,
  setup,
  stopChild,
  type AnyActorRef,
  type DoneActorEvent,
} from 'xstate';
import type {
  ConnectionQuality,
  EndReason,
  OwnTrackFact,
  ParticipantInfo,
  RoomFactOf,
  RosterFact,
  StatsFact,
  TrackInfo,
} from '../events.ts';
import type { AlertKey } from './alerts.logic.ts';
import { audioTrackMachine } from './audio-track.machine.ts';
import { otherCamera, withCamera, withoutCamera } from './cameras.logic.ts';
import { unarmed } from './presence.logic.ts';
import { isCamera, isMicrophone, mediaModeOf, type SessionTrack } from './session-tracks.logic.ts';
import { type ParticipantSessionContext, type ParticipantSessionInput } from './session.context.ts';
import type { SessionFact, SessionOutput, SessionReport } from './session.events.ts';
import * as decide from './session.logic.ts';
import type { TrackReport } from './track.events.ts';
import { videoTrackMachine } from './video-track.machine.ts';

export type ParticipantSessionEvent = SessionFact | TrackReport | DoneActorEvent;

type At = { readonly at: number };

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

/** What a participant session can do and decide; its machine says when. */
export const sessionSetup = setup({
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
    keepCamera: assign(
      ({ context }, { trackSid, is }: { trackSid: string; is: 'flowing' | 'frozen' }) => ({
        cameras: withCamera(context.cameras, trackSid, is),
      }),
    ),
    dropCamera: assign(({ context }, { trackSid }: { trackSid: string }) => ({
      cameras: withoutCamera(context.cameras, trackSid),
    })),
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
    isAnotherFlowing: ({ context }, { trackSid }: { trackSid: string }) =>
      otherCamera(context.cameras, trackSid, 'flowing') !== undefined,
    isAnotherFrozen: ({ context }, { trackSid }: { trackSid: string }) =>
      otherCamera(context.cameras, trackSid, 'frozen') !== undefined,
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
});
