import { assign, enqueueActions, setup, stopChild, type AnyActorRef } from 'xstate';
import type {
  AgentCommand,
  AgentReport,
  EndReason,
  OwnTrackFact,
  RoomFactOf,
  TrackInfo,
} from '../events.ts';
import { audioTrackMachine } from '../session/audio-track.machine.ts';
import { isMicrophone } from '../session/session-tracks.logic.ts';
import type {
  ConversationContext,
  ConversationEvent,
  ConversationInput,
} from './conversation.context.ts';
import * as decide from './conversation.logic.ts';
import { REPLAY_TOPIC } from './conversation-item.ts';
import { TRANSCRIPTION_STREAMS } from './heard-items.logic.ts';
import { answerReplay } from './replay-answer.logic.ts';

type At = { readonly at: number };
type Departure = RoomFactOf<'participant.disconnected'>;
type VoiceEdge = At & { readonly trackSid: string; readonly began: boolean };

/** A room of more is not listened to in full: what is beyond is counted. */
const MAX_VOICES = 500;
const REPORT_EVERY_MS = 30_000;
const RETRY_MS = 2_000;
const PROBE_MS = 1_000;

/** What every conversation's voice detector is told beside the threshold. */
const voiceConfig = { hangoverMs: 1_000, windowMs: 100, stallPolls: 3 } as const;

/** Where an action puts what was decided. */
type Hand = {
  readonly context: ConversationContext;
  readonly self: AnyActorRef;
  readonly enqueue: {
    readonly assign: (context: ConversationContext) => void;
    readonly raise: (event: ConversationEvent) => void;
    readonly sendTo: (target: AnyActorRef, report: AgentCommand | AgentReport) => void;
  };
};

function carryOut({ context: before, self, enqueue }: Hand, decision: decide.Decision): void {
  const { context, reports } = decision;
  enqueue.assign(context);
  if (context.items > before.items) enqueue.raise({ type: 'items.added' });
  if (context.buffer.lost > before.buffer.lost) enqueue.raise({ type: 'items.lost' });
  if (context.buffer.waiting === 0 && before.buffer.waiting > 0)
    enqueue.raise({ type: 'items.sent' });
  // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
  if (!self._parent) return;
  for (const report of reports) enqueue.sendTo(self._parent, report);
}

const voiceActorId = (trackSid: string): string => `voice:${trackSid}`;

/** What a conversation monitor can do and decide; its machine says when. */
export const conversationSetup = setup({
  types: {} as {
    input: ConversationInput;
    context: ConversationContext;
    events: ConversationEvent;
  },
  actors: {
    /**
     * Finds the speech of one microphone. The contract of this slot: it hears the facts of its track
     * (`TrackFact`), and tells `track.speechStarted` and `track.speechEnded`, each with the time when
     * speech began or ceased and no later than 1.5 s after it, in turns, the end also where the track
     * ends; `track.speechUnavailable` where the track cannot be heard; and it ends with its track.
     */
    voice: audioTrackMachine,
  },
  actions: {
    enter: enqueueActions((hand, fact: RoomFactOf<'room.connected'>) => {
      carryOut(hand, decide.enter(hand.context, fact));
    }),
    arrive: enqueueActions((hand, fact: RoomFactOf<'participant.connected'>) => {
      carryOut(hand, decide.arrive(hand.context, fact));
    }),
    leave: enqueueActions((hand, fact: Departure) => {
      carryOut(hand, decide.leave(hand.context, fact));
    }),
    waitFor: enqueueActions((hand, fact: Departure) => {
      carryOut(hand, decide.waitFor(hand.context, fact));
    }),
    stayHere: enqueueActions((hand, fact: RoomFactOf<'participant.connected'>) => {
      carryOut(hand, decide.stayHere(hand.context, fact.participant));
    }),
    giveUpAway: enqueueActions((hand) => {
      carryOut(hand, decide.giveUpAway(hand.context));
    }),
    hearData: enqueueActions((hand, fact: RoomFactOf<'data.received'>) => {
      carryOut(hand, decide.hearData(hand.context, fact));
    }),
    hearStream: enqueueActions((hand, fact: RoomFactOf<'text.received'>) => {
      carryOut(hand, decide.hearStream(hand.context, fact));
    }),
    answerReplay: enqueueActions((hand, fact: RoomFactOf<'data.received'>) => {
      carryOut(hand, answerReplay(hand.context, fact));
    }),
    hearVoice: enqueueActions((hand, edge: VoiceEdge) => {
      carryOut(hand, decide.hearVoice(hand.context, edge));
    }),
    beginSettling: enqueueActions((hand) => {
      carryOut(hand, decide.beginSettling(hand.context));
    }),
    settle: enqueueActions((hand) => {
      carryOut(hand, decide.settle(hand.context));
    }),
    sendOne: enqueueActions((hand) => {
      carryOut(hand, decide.sendWaiting(hand.context, { most: 1 }));
    }),
    sendWaiting: enqueueActions((hand) => {
      carryOut(hand, decide.sendWaiting(hand.context, { most: hand.context.buffer.waiting }));
    }),
    sendAgain: enqueueActions((hand, params: At) => {
      carryOut(hand, decide.sendAgain(hand.context, params));
    }),
    report: enqueueActions((hand) => {
      carryOut(hand, decide.report(hand.context, { everyMs: REPORT_EVERY_MS }));
    }),
    end: enqueueActions((hand, params: At & { reason: EndReason }) => {
      carryOut(hand, decide.end(hand.context, params));
    }),
    listen: enqueueActions(
      ({ context, enqueue, self }, params: At & { tracks: readonly OwnedTrack[] }) => {
        const { voices, settings, unheardTracks } = context;
        const known = new Set(voices.map(({ trackSid }) => trackSid));
        const microphones = params.tracks.filter(
          ({ track }) => isMicrophone(track) && !known.has(track.sid),
        );
        const heard = microphones.slice(0, MAX_VOICES - voices.length);
        for (const { track } of heard) {
          const { sid: trackSid } = track;
          const config = { ...voiceConfig, speakingThreshold: settings.SPEAKING_THRESHOLD };
          const input = { track, at: params.at, speechFrom: 'levels', config } as const;
          enqueue.spawnChild('voice', { id: voiceActorId(trackSid), input });
          if (!self._parent) continue;
          enqueue.sendTo(self._parent, { type: 'track.setMedia', trackSid, mode: 'media' });
        }
        enqueue.assign({
          voices: [
            ...voices,
            ...heard.map(({ track, identity }) => ({ trackSid: track.sid, identity })),
          ],
          unheardTracks: unheardTracks + microphones.length - heard.length,
        });
      },
    ),
    tellVoice: enqueueActions(({ context, enqueue }, { type, trackSid, at }: OwnTrackFact) => {
      if (!context.voices.some((voice) => voice.trackSid === trackSid)) return;
      enqueue.sendTo(voiceActorId(trackSid), { type, at });
    }),
    countUnheard: assign(({ context }) => ({ unheardTracks: context.unheardTracks + 1 })),
    stopVoice: stopChild((_, params: { actorId: string }) => params.actorId),
    forgetVoice: assign(({ context }, { actorId }: { actorId: string }) => ({
      voices: context.voices.filter(({ trackSid }) => voiceActorId(trackSid) !== actorId),
    })),
    reportOverflow: enqueueActions(({ context, enqueue, self }) => {
      if (!self._parent) return;
      enqueue.sendTo(self._parent, {
        type: 'condition.met',
        at: context.heardAt,
        key: OVERFLOW_KEY,
        severity: 'warning',
        message: 'items of the conversation were dropped before they could be sent',
        evidence: { itemsLost: context.buffer.lost },
      });
    }),
    reportRoom: enqueueActions(({ context, enqueue, self }) => {
      if (!self._parent) return;
      enqueue.sendTo(self._parent, {
        type: 'condition.gone',
        at: context.heardAt,
        key: OVERFLOW_KEY,
      });
    }),
  },
  guards: {
    isConversation: ({ context: { metadata } }, { topic }: { topic: string }) =>
      topic === metadata.topics.transcription || topic === metadata.topics.agent_response,
    isReplayRequest: (_, { topic }: { topic: string }) => topic === REPLAY_TOPIC,
    isTranscription: (_, { topic }: { topic: string }) => topic === TRANSCRIPTION_STREAMS,
    isPublishing: (_, { command }: { command: string }) => command === 'data.publish',
    isAway: ({ context }, { participant }: RoomFactOf<'participant.connected'>) =>
      decide.isAway(context, participant),
    isAnybodyAway: ({ context }) => context.away.length > 0,
    canWait: ({ context }) => context.away.length < decide.MAX_AWAY,
    isUnsettled: ({ context }) => context.edges.length > 0,
  },
  delays: {
    settle: decide.SETTLE_MS,
    report: REPORT_EVERY_MS,
    returnGrace: decide.RETURN_GRACE_MS,
    retry: RETRY_MS,
    probe: PROBE_MS,
  },
});

type OwnedTrack = { readonly identity: string; readonly track: TrackInfo };

const OVERFLOW_KEY = 'conversation_buffer_full';
