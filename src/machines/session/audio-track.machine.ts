import { assign, enqueueActions, setup, stopChild, type SnapshotFrom } from 'xstate';
import type { LevelMeasured, TrackStats } from '../events.ts';
import { notProvided } from '../slots.ts';
import { noPackets, watchPackets, type PacketWatch } from './audio-track.logic.ts';
import type {
  AudioTrackConfig,
  AudioTrackEvent,
  SpeechSource,
  TrackInput,
  TrackReport,
} from './track.events.ts';

export type AudioTrackInput = TrackInput & {
  readonly speechFrom: SpeechSource;
  readonly config: AudioTrackConfig;
};

export type AudioTrackContext = {
  readonly trackSid: string;
  readonly encrypted: boolean;
  readonly muted: boolean;
  readonly speechFrom: SpeechSource;
  readonly config: AudioTrackConfig;
  /** RMS of the last window, 0 to 1. */
  readonly level: number;
  readonly peakLevel: number;
  readonly lastLoudAt: number;
  readonly packets: PacketWatch;
};

/**
 * Decides whether one audio track carries speech.
 *
 * - `subscribing`: published; the server has not begun to send it.
 * - `subscribed.silent`: no speech.
 * - `subscribed.speaking`: a loud window was seen, and no full hangover since.
 * - `subscribed.muted`: by the publisher. Not silence: nothing is measured.
 * - `subscribed.stalled`: no packets. Not silence either: the stream delivers zeros for them.
 * - `subscribed.listed`: not measured (screen share audio).
 * - `unavailable`: cannot be read: end-to-end encrypted, or the subscription or the levels failed.
 * - `ended`: unpublished.
 */
export const audioTrackMachine = setup({
  types: {} as {
    input: AudioTrackInput;
    context: AudioTrackContext;
    events: AudioTrackEvent;
    children: { levels: 'levels' };
  },
  actors: {
    levels: notProvided<{ trackSid: string }>('levels'),
  },
  actions: {
    startLevels: enqueueActions(({ context, enqueue }) => {
      if (context.speechFrom !== 'levels' || context.encrypted) return;
      enqueue.spawnChild('levels', { id: 'levels', input: { trackSid: context.trackSid } });
    }),
    stopLevels: stopChild('levels'),
    setMuted: assign((_, params: { muted: boolean }) => ({ muted: params.muted, level: 0 })),
    measure: assign(({ context }, { rms }: LevelMeasured) => ({
      level: rms,
      peakLevel: Math.max(context.peakLevel, rms),
    })),
    hearLoudWindow: assign((_, { at }: LevelMeasured) => ({ lastLoudAt: at })),
    dropLevel: assign({ level: 0 }),
    watchPackets: assign(({ context }, { stats }: { stats: TrackStats }) => ({
      packets: watchPackets(context.packets, stats),
    })),
    forgetPackets: assign({ packets: noPackets }),
    // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
    reportSpeechStarted: enqueueActions(({ context, enqueue, self }, { at }: { at: number }) => {
      if (!self._parent) return;
      const { trackSid, speechFrom, config } = context;
      enqueue.sendTo(self._parent, {
        type: 'track.speechStarted',
        trackSid,
        at: speechFrom === 'levels' ? at - config.windowMs : at,
      } satisfies TrackReport);
    }),
    // The server says nothing between the beginning and the end of a turn: without levels only the
    // moment that ended it is known.
    reportSpeechEnded: enqueueActions(({ context, enqueue, self }, { at }: { at: number }) => {
      if (!self._parent) return;
      const { trackSid, speechFrom, lastLoudAt } = context;
      enqueue.sendTo(self._parent, {
        type: 'track.speechEnded',
        trackSid,
        at: speechFrom === 'levels' ? lastLoudAt : at,
      } satisfies TrackReport);
    }),
    reportUnavailable: enqueueActions(({ context, enqueue, self }, { at }: { at: number }) => {
      if (!self._parent) return;
      const { trackSid } = context;
      enqueue.sendTo(self._parent, {
        type: 'track.speechUnavailable',
        trackSid,
        at,
      } satisfies TrackReport);
    }),
  },
  guards: {
    isUnreadable: ({ context }) => context.encrypted && context.speechFrom === 'levels',
    isListedOnly: ({ context }) => context.speechFrom === 'none',
    isMuted: ({ context }) => context.muted,
    isLoud: ({ context }, { rms }: LevelMeasured) => rms > context.config.speakingThreshold,
    isHangoverOver: ({ context }, { at }: LevelMeasured) =>
      at - context.lastLoudAt >= context.config.hangoverMs,
    // The list of speakers still names somebody 0.3 s after their mute.
    isServerSpeech: ({ context }, { speaking }: { speaking: boolean }) =>
      context.speechFrom === 'server' && speaking,
    isServerSilence: ({ context }, { speaking }: { speaking: boolean }) =>
      context.speechFrom === 'server' && !speaking,
    // Without levels the track is subscribed and disabled: no packet is due.
    isStalled: ({ context }) =>
      context.speechFrom === 'levels' && context.packets.emptyPolls >= context.config.stallPolls,
    isFlowing: ({ context }) => context.packets.emptyPolls === 0,
  },
}).createMachine({
  id: 'audio-track',
  context: ({ input }) => ({
    trackSid: input.track.sid,
    encrypted: input.track.encrypted,
    muted: input.track.muted,
    speechFrom: input.speechFrom,
    config: input.config,
    level: 0,
    peakLevel: 0,
    lastLoudAt: 0,
    packets: noPackets,
  }),
  on: {
    'track.muted': { actions: { type: 'setMuted', params: { muted: true } } },
    'track.unmuted': { actions: { type: 'setMuted', params: { muted: false } } },
    'track.subscriptionFailed': '.unavailable',
    'track.unpublished': '.ended',
  },
  initial: 'subscribing',
  states: {
    subscribing: {
      on: { 'track.subscribed': 'subscribed' },
    },
    subscribed: {
      entry: 'startLevels',
      exit: ['stopLevels', 'dropLevel'],
      on: {
        'track.muted': {
          target: '.deciding',
          actions: { type: 'setMuted', params: { muted: true } },
        },
        'track.unmuted': {
          target: '.deciding',
          actions: { type: 'setMuted', params: { muted: false } },
        },
        'track.polled': { actions: { type: 'watchPackets', params: ({ event }) => event } },
        'track.unsubscribed': 'subscribing',
        'audio.levelsFailed': 'unavailable',
      },
      initial: 'deciding',
      states: {
        deciding: {
          entry: 'forgetPackets',
          always: [
            { guard: 'isMuted', target: 'muted' },
            { guard: 'isListedOnly', target: 'listed' },
            { guard: 'isUnreadable', target: '#audio-track.unavailable' },
            { target: 'silent' },
          ],
        },
        silent: {
          always: { guard: 'isStalled', target: 'stalled' },
          on: {
            'audio.levelMeasured': [
              {
                guard: { type: 'isLoud', params: ({ event }) => event },
                target: 'speaking',
                actions: [
                  { type: 'measure', params: ({ event }) => event },
                  { type: 'hearLoudWindow', params: ({ event }) => event },
                  { type: 'reportSpeechStarted', params: ({ event }) => event },
                ],
              },
              { actions: { type: 'measure', params: ({ event }) => event } },
            ],
            'speakers.changed': {
              guard: { type: 'isServerSpeech', params: ({ event }) => event },
              target: 'speaking',
              actions: { type: 'reportSpeechStarted', params: ({ event }) => event },
            },
          },
        },
        speaking: {
          always: { guard: 'isStalled', target: 'stalled' },
          on: {
            'audio.levelMeasured': [
              {
                guard: { type: 'isLoud', params: ({ event }) => event },
                actions: [
                  { type: 'measure', params: ({ event }) => event },
                  { type: 'hearLoudWindow', params: ({ event }) => event },
                ],
              },
              {
                guard: { type: 'isHangoverOver', params: ({ event }) => event },
                target: 'silent',
                actions: { type: 'measure', params: ({ event }) => event },
              },
              { actions: { type: 'measure', params: ({ event }) => event } },
            ],
            'speakers.changed': {
              guard: { type: 'isServerSilence', params: ({ event }) => event },
              target: 'silent',
            },
          },
          exit: { type: 'reportSpeechEnded', params: ({ event }) => event },
        },
        muted: {},
        stalled: {
          entry: 'dropLevel',
          always: { guard: 'isFlowing', target: 'silent' },
        },
        listed: {},
      },
    },
    unavailable: {
      entry: { type: 'reportUnavailable', params: ({ event }) => event },
      on: { 'track.subscribed': 'subscribed' },
    },
    ended: { type: 'final' },
  },
});

export type AudioTrackSnapshot = SnapshotFrom<typeof audioTrackMachine>;
