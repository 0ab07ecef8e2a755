import { otherCamera } from './cameras.logic.ts';
import { sessionSetup } from './participant-session.setup.ts';

type OfCamera = { readonly event: { readonly trackSid: string; readonly at: number } };

const resolving = (key: 'no_video_frames' | 'video_frozen') => ({
  type: 'resolveAlert' as const,
  params: ({ event: { at } }: OfCamera) => ({ key, at }),
});

const keeping = (is: 'flowing' | 'frozen') => ({
  type: 'keepCamera' as const,
  params: ({ event: { trackSid } }: OfCamera) => ({ trackSid, is }),
});

const dropping = { type: 'dropCamera' as const, params: ({ event }: OfCamera) => event };

/** Of all cameras of a participant: `flowing` while one of them flows, else `frozen` while one is frozen. */
export const video = sessionSetup.createStateConfig({
  initial: 'off',
  on: {
    'track.framesFlowed': {
      target: '.flowing',
      actions: [keeping('flowing'), resolving('no_video_frames'), resolving('video_frozen')],
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
        actions: [dropping, resolving('no_video_frames')],
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
          dropping,
          resolving('no_video_frames'),
        ],
      },
      {
        target: '.off',
        actions: [dropping, resolving('no_video_frames'), resolving('video_frozen')],
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
            actions: keeping('frozen'),
          },
          {
            target: 'frozen',
            actions: [
              keeping('frozen'),
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
});
