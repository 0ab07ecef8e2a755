import type { ParticipantSessionInput, SessionConfig } from '../session/session.context.ts';
import type { MediaWatch } from '../session/session-tracks.logic.ts';

/** What a job's metadata says, after defaults (product: participant-monitor). */
export type MonitorMetadata = {
  readonly participant_identity: string;
  readonly monitoring_type: 'basic' | 'full' | 'custom';
  readonly end_on_disconnect: boolean;
  readonly notification_preferences: {
    readonly speaking_alerts: boolean;
    readonly quality_alerts: boolean;
  };
  readonly custom_settings: CustomSettings;
};

/** Kept with the session and in its reports; the named ones are used where the type is `custom`. */
type CustomSettings = Readonly<Record<string, unknown>> & {
  readonly audio?: boolean | undefined;
  readonly video?: boolean | undefined;
  readonly speaking_threshold?: number | undefined;
  /** Milliseconds, read from a duration such as `90s`. */
  readonly inactivity_timeout?: number | undefined;
  readonly quality_threshold?: number | undefined;
};

/** The settings of the process, by their environment names. Durations are milliseconds. */
export type MonitorSettings = {
  readonly CONNECTION_QUALITY_THRESHOLD: number;
  readonly INACTIVITY_TIMEOUT: number;
  readonly SPEAKING_THRESHOLD: number;
  readonly ENABLE_NOTIFICATIONS: boolean;
  readonly HIDDEN: boolean;
};

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/** What product and measurements fix; the rest comes from settings and metadata. */
const fixedConfig = {
  rosterTimeoutMs: 5 * SECOND_MS,
  absentGraceMs: 2 * SECOND_MS,
  reconnectHoldMs: 30 * SECOND_MS,
  suspectPolls: 3,
  longSessionMs: 4 * HOUR_MS,
  maxTracks: 50,
  maxQualityChanges: 100,
} as const;

const fixedAudio = { hangoverMs: SECOND_MS, windowMs: 100, stallPolls: 3 } as const;
const fixedVideo = { freezePolls: 2, noFramesMs: 10 * SECOND_MS } as const;

export function sessionInputOf(
  metadata: MonitorMetadata,
  settings: MonitorSettings,
  startedAt: number,
): ParticipantSessionInput {
  return {
    identity: metadata.participant_identity,
    startedAt,
    watch: mediaWatchOf(metadata),
    endOnDisconnect: metadata.end_on_disconnect,
    config: sessionConfigOf(metadata, settings),
  };
}

function mediaWatchOf({ monitoring_type, custom_settings }: MonitorMetadata): MediaWatch {
  switch (monitoring_type) {
    case 'basic':
      return { audio: false, video: false };
    case 'full':
      return { audio: true, video: true };
    case 'custom':
      return { audio: custom_settings.audio ?? true, video: custom_settings.video ?? true };
  }
}

function sessionConfigOf(
  { monitoring_type, custom_settings }: MonitorMetadata,
  settings: MonitorSettings,
): SessionConfig {
  const custom: CustomSettings = monitoring_type === 'custom' ? custom_settings : {};
  const speakingThreshold = custom.speaking_threshold ?? settings.SPEAKING_THRESHOLD;
  return {
    ...fixedConfig,
    inactivityTimeoutMs: custom.inactivity_timeout ?? settings.INACTIVITY_TIMEOUT,
    qualityThreshold: custom.quality_threshold ?? settings.CONNECTION_QUALITY_THRESHOLD,
    audio: { ...fixedAudio, speakingThreshold },
    video: fixedVideo,
  };
}
