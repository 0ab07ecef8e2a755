import { z } from 'zod';
import { participantMonitorMachine } from '../machines/monitor/participant-monitor.machine.ts';
import { monitorView } from '../machines/monitor/participant-monitor.view.ts';
import { audioTrackMachine } from '../machines/session/audio-track.machine.ts';
import { participantSessionMachine } from '../machines/session/participant-session.machine.ts';
import { defineAgent } from './define-agent.ts';
import { duration, flag, fraction, parseDuration } from './setting-types.ts';
import { speakingThreshold } from './speaking-threshold.ts';

const share = z
  .number('a number from 0 to 1')
  .min(0, 'a number from 0 to 1')
  .max(1, 'a number from 0 to 1');

const durationText = z.string().transform((given, context) => {
  const durationMs = parseDuration(given);
  if (durationMs !== null) return durationMs;
  context.addIssue({ code: 'custom', message: 'a duration such as 500ms, 90s or 5m' });
  return z.NEVER;
});

/** The metadata of a participant-monitor job. Unknown keys are mistakes, except in custom_settings. */
export const participantMonitorMetadata = z.strictObject({
  /** Who is monitored. */
  participant_identity: z
    .string()
    .min(1, 'an identity, not empty')
    .max(256, 'at most 256 characters'),
  /** `basic`: without media; `full`: audio levels and video statistics; `custom`: as custom_settings says. */
  monitoring_type: z.enum(['basic', 'full', 'custom']).default('full'),
  /** Whether the job ends when the participant leaves. */
  end_on_disconnect: z.boolean().default(false),
  notification_preferences: z
    .strictObject({
      speaking_alerts: z.boolean().default(true),
      quality_alerts: z.boolean().default(true),
    })
    .prefault({}),
  /** Kept with the session and in its reports; the named ones are used with `custom`. */
  custom_settings: z
    .looseObject({
      audio: z.boolean().optional(),
      video: z.boolean().optional(),
      speaking_threshold: share.optional(),
      inactivity_timeout: durationText.optional(),
      quality_threshold: share.optional(),
    })
    .default({}),
});

/** The settings of participant-monitor, by their environment names. */
export const participantMonitorSettings = z.object({
  CONNECTION_QUALITY_THRESHOLD: fraction({
    description:
      'Connection quality (excellent 1, good 0.75, poor 0.25, lost 0) below which the quality alert opens.',
    default: '0.5',
  }),
  INACTIVITY_TIMEOUT: duration({
    description: 'How long a session waits for its participant, at first and after a leave.',
    default: '5m',
    atLeast: '1s',
  }),
  SPEAKING_THRESHOLD: speakingThreshold,
  ENABLE_NOTIFICATIONS: flag({
    description: 'Whether data messages are sent to participants.',
    default: 'true',
  }),
  HIDDEN: flag({ description: 'Whether the agent is hidden from participants.', default: 'true' }),
});

/** Follows one participant of a room: presence, speech, video and connection quality. */
export const participantMonitor = defineAgent({
  name: 'participant-monitor',
  jobType: 'participant',
  metadata: participantMonitorMetadata,
  settings: participantMonitorSettings,
  permissions: ({ HIDDEN }) => ({
    canSubscribe: true,
    canPublish: false,
    canPublishData: true,
    canUpdateMetadata: true,
    hidden: HIDDEN,
  }),
  serves: ({ dispatchId, metadata }) => `${dispatchId}/${metadata.participant_identity}`,
  target: ({ metadata }) => metadata.participant_identity,
  machine: ({ levels, stats }) =>
    participantMonitorMachine.provide({
      actors: {
        stats,
        participantSession: participantSessionMachine.provide({
          actors: { audioTrack: audioTrackMachine.provide({ actors: { levels } }) },
        }),
      },
    }),
  view: monitorView,
});
