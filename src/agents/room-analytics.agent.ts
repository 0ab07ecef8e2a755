import { z } from 'zod';
import { roomAnalyticsMachine } from '../machines/room/room-analytics.machine.ts';
import { roomView } from '../machines/room/room-analytics.view.ts';
import { defineAgent } from './define-agent.ts';
import { hiddenObserver } from './hidden-observer.ts';
import { duration, flag, wholeNumber } from './setting-types.ts';

const MOST_PARTICIPANTS = 100_000;
const limitText = `a whole number from 1 to ${MOST_PARTICIPANTS}`;

/** The metadata of a room-analytics job: each in the place of the setting of that name, for this job. */
export const roomAnalyticsMetadata = z.strictObject({
  participant_limit: z
    .int(limitText)
    .min(1, limitText)
    .max(MOST_PARTICIPANTS, limitText)
    .optional(),
  enforce_participant_limit: z.boolean().optional(),
  track_quality: z.boolean().optional(),
});

/** The settings of room-analytics, by their environment names. */
export const roomAnalyticsSettings = z.object({
  PARTICIPANT_LIMIT: wholeNumber({
    description:
      'How many participants a room may have, agents and recorders not counted; no limit unless set.',
    atLeast: 1,
    atMost: MOST_PARTICIPANTS,
    example: '100',
  }),
  ENFORCE_PARTICIPANT_LIMIT: flag({
    description:
      'Whether those over the limit are removed, the newest first; else it is an alert only.',
    default: 'false',
  }),
  TRACK_QUALITY: flag({
    description:
      'Whether media of all tracks flows to room-analytics, so that loss, jitter and frame rate are measured.',
    default: 'false',
  }),
  ROOM_STATUS_INTERVAL: duration({
    description: 'How often room-analytics reports the status of its room.',
    default: '30s',
    atLeast: '1s',
  }),
});

/** Counts who and what is in a room, and holds it to its participant limit. */
export const roomAnalytics = defineAgent({
  name: 'room-analytics',
  jobType: 'room',
  metadata: roomAnalyticsMetadata,
  settings: roomAnalyticsSettings,
  permissions: () => hiddenObserver,
  machine: ({ stats }) => roomAnalyticsMachine.provide({ actors: { stats } }),
  view: roomView,
});
