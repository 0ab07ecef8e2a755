import { assign, enqueueActions, setup, type SnapshotFrom } from 'xstate';
import type { TrackStats } from '../events.ts';
import type { TrackFact, TrackInput, TrackReport, VideoTrackConfig } from './track.events.ts';
import {
  newFramesOf,
  noFrames,
  pauseFrames,
  watchFrames,
  type FrameWatch,
} from './video-track.logic.ts';

export type VideoTrackInput = TrackInput & {
  /** Whether its media flows to us, so that frames can be counted. */
  readonly measured: boolean;
  readonly config: VideoTrackConfig;
};

export type VideoTrackContext = {
  readonly trackSid: string;
  readonly measured: boolean;
  readonly encrypted: boolean;
  readonly muted: boolean;
  readonly config: VideoTrackConfig;
  readonly frames: FrameWatch;
  /** Since when frames are due and do not come. */
  readonly darkSince: number;
};

/**
 * Decides whether one video track flows, from the frame counters of the statistics.
 *
 * - `due.dark.waiting`: no frame yet since the publication or the last mute.
 * - `due.dark.frozen`: frames came and then stopped, while not muted.
 * - `due.flowing`: frames come.
 * - `muted`: by the publisher; the server sends nothing.
 * - `listed`: not measured (screen share, or monitoring without media).
 * - `unavailable`: cannot be decoded: end-to-end encrypted, or the subscription failed.
 * - `ended`: unpublished.
 */
export const videoTrackMachine = setup({
  types: {} as { input: VideoTrackInput; context: VideoTrackContext; events: TrackFact },
  actions: {
    setMuted: assign((_, params: { muted: boolean }) => ({ muted: params.muted })),
    watchFrames: assign(({ context }, { stats, at }: { stats: TrackStats; at: number }) => ({
      frames: watchFrames(context.frames, stats, at),
    })),
    pauseFrames: assign(({ context }) => ({ frames: pauseFrames(context.frames) })),
    beginDark: assign((_, { at }: { at: number }) => ({ darkSince: at })),
    beginDarkAtLastFrame: assign(({ context }) => ({
      darkSince: context.frames.lastFrameAt ?? context.darkSince,
    })),
    // Not `sendParent`, which throws without a parent: then `transition` alone could not test this.
    reportFlowing: enqueueActions(({ context, enqueue, self }) => {
      const { trackSid, frames } = context;
      if (!self._parent || frames.lastFrameAt === null) return;
      const at = frames.lastFrameAt;
      enqueue.sendTo(self._parent, {
        type: 'track.framesFlowed',
        trackSid,
        at,
      } satisfies TrackReport);
    }),
    reportNotDue: enqueueActions(({ context, enqueue, self }, { at }: { at: number }) => {
      if (!self._parent) return;
      const { trackSid } = context;
      enqueue.sendTo(self._parent, {
        type: 'track.framesNotDue',
        trackSid,
        at,
      } satisfies TrackReport);
    }),
    reportFrozen: enqueueActions(({ context, enqueue, self }) => {
      if (!self._parent) return;
      const { trackSid, darkSince: at } = context;
      enqueue.sendTo(self._parent, {
        type: 'track.framesStopped',
        trackSid,
        at,
      } satisfies TrackReport);
    }),
    reportMissed: enqueueActions(({ context, enqueue, self }) => {
      if (!self._parent) return;
      const { trackSid, darkSince, config } = context;
      enqueue.sendTo(self._parent, {
        type: 'track.framesMissed',
        trackSid,
        at: darkSince + config.noFramesMs,
        missingMs: config.noFramesMs,
      } satisfies TrackReport);
    }),
  },
  guards: {
    isEncrypted: ({ context }) => context.encrypted,
    isMuted: ({ context }) => context.muted,
    isListedOnly: ({ context }) => !context.measured,
    isFlowing: ({ context }, { stats }: { stats: TrackStats }) =>
      newFramesOf(context.frames, stats) > 0,
    isFrozen: ({ context }) => context.frames.emptyPolls >= context.config.freezePolls,
  },
  delays: {
    noFrames: ({ context }) => context.config.noFramesMs,
  },
}).createMachine({
  id: 'video-track',
  context: ({ input }) => ({
    trackSid: input.track.sid,
    measured: input.measured,
    encrypted: input.track.encrypted,
    muted: input.track.muted,
    config: input.config,
    frames: noFrames,
    darkSince: input.at,
  }),
  on: {
    'track.muted': { actions: { type: 'setMuted', params: { muted: true } } },
    'track.unmuted': { actions: { type: 'setMuted', params: { muted: false } } },
    'track.polled': { actions: { type: 'watchFrames', params: ({ event }) => event } },
    'track.subscriptionFailed': '.unavailable',
    'track.unpublished': '.ended',
  },
  initial: 'deciding',
  states: {
    deciding: {
      always: [
        { guard: 'isMuted', target: 'muted' },
        { guard: 'isListedOnly', target: 'listed' },
        { guard: 'isEncrypted', target: 'unavailable' },
        { target: 'due' },
      ],
    },
    due: {
      on: {
        'track.muted': {
          target: 'muted',
          actions: { type: 'setMuted', params: { muted: true } },
        },
        'track.unsubscribed': {
          target: 'deciding',
          actions: { type: 'beginDark', params: ({ event }) => event },
        },
      },
      initial: 'dark',
      states: {
        dark: {
          after: { noFrames: { actions: 'reportMissed' } },
          on: {
            'track.polled': [
              {
                guard: { type: 'isFlowing', params: ({ event }) => event },
                target: 'flowing',
                actions: { type: 'watchFrames', params: ({ event }) => event },
              },
              { actions: { type: 'watchFrames', params: ({ event }) => event } },
            ],
          },
          initial: 'waiting',
          states: { waiting: {}, frozen: {} },
        },
        flowing: {
          entry: 'reportFlowing',
          always: {
            guard: 'isFrozen',
            target: 'dark.frozen',
            actions: ['beginDarkAtLastFrame', 'reportFrozen'],
          },
        },
      },
      exit: ['pauseFrames', { type: 'reportNotDue', params: ({ event }) => event }],
    },
    muted: {
      on: {
        'track.unmuted': {
          target: 'deciding',
          actions: [
            { type: 'setMuted', params: { muted: false } },
            { type: 'beginDark', params: ({ event }) => event },
          ],
        },
      },
    },
    listed: {
      on: {
        'track.muted': {
          target: 'muted',
          actions: { type: 'setMuted', params: { muted: true } },
        },
      },
    },
    unavailable: {
      on: {
        'track.subscribed': {
          target: 'deciding',
          actions: { type: 'beginDark', params: ({ event }) => event },
        },
      },
    },
    ended: { type: 'final' },
  },
});

export type VideoTrackSnapshot = SnapshotFrom<typeof videoTrackMachine>;
