import type { ParticipantRef } from '../events.ts';
import type { AgentInput, JobInfo } from '../job/job.events.ts';
import { emptyCensus } from './census.logic.ts';
import type { RoomKnowledge } from './figures.logic.ts';
import { noMessages } from './message-tally.logic.ts';
import type { PastRemoval } from './participant-limit.logic.ts';
import type { RemovalConfig } from './participant-removal.machine.ts';

/** What a job's metadata says: in the place of the settings. */
type RoomAnalyticsMetadata = {
  readonly participant_limit?: number | undefined;
  readonly enforce_participant_limit?: boolean | undefined;
  readonly track_quality?: boolean | undefined;
};

/** The settings of the process, by their environment names. Durations are milliseconds. */
export type RoomAnalyticsSettings = {
  readonly PARTICIPANT_LIMIT?: number | undefined;
  readonly ENFORCE_PARTICIPANT_LIMIT: boolean;
  readonly TRACK_QUALITY: boolean;
  readonly ROOM_STATUS_INTERVAL: number;
};

export type RoomAnalyticsInput = AgentInput<RoomAnalyticsMetadata, RoomAnalyticsSettings>;

type RoomAnalyticsConfig = {
  /** Null: no limit. */
  readonly limit: number | null;
  readonly isEnforced: boolean;
  readonly measuresTracks: boolean;
  readonly statusMs: number;
  /** How long after our own reconnect those who were there before may be told of again. */
  readonly settleMs: number;
  readonly rosterMs: number;
  readonly removal: RemovalConfig;
};

export type MetadataChange = { readonly at: number; readonly metadata: string };

export type RoomAnalyticsContext = RoomKnowledge & {
  readonly job: JobInfo;
  readonly config: RoomAnalyticsConfig;
  /** The first is that of our join; the latest 20. */
  readonly metadata: readonly MetadataChange[];
  /** The time of the last fact or status: a machine has no other now. */
  readonly seenAt: number;
  readonly statusAt: number;
  /** Whom there is a removal for, at most 100. */
  readonly removing: readonly ParticipantRef[];
  /** Identities whose removal failed. */
  readonly unremoved: readonly string[];
  /** Identities that were removed too often to be removed again. */
  readonly evading: readonly string[];
  readonly pastRemovals: readonly PastRemoval[];
};

const SECOND_MS = 1_000;

const fixedConfig = {
  settleMs: 2 * SECOND_MS,
  rosterMs: 5 * SECOND_MS,
  removal: { noticeMs: 500, activeMs: 3 * SECOND_MS, answerMs: 5 * SECOND_MS },
} as const;

export const newRoom = ({
  job,
  metadata,
  settings,
  startedAt,
}: RoomAnalyticsInput): RoomAnalyticsContext => ({
  job,
  config: {
    ...fixedConfig,
    limit: metadata.participant_limit ?? settings.PARTICIPANT_LIMIT ?? null,
    isEnforced: metadata.enforce_participant_limit ?? settings.ENFORCE_PARTICIPANT_LIMIT,
    measuresTracks: metadata.track_quality ?? settings.TRACK_QUALITY,
    statusMs: settings.ROOM_STATUS_INTERVAL,
  },
  room: job.room,
  startedAt,
  census: emptyCensus,
  tally: noMessages,
  metadata: [],
  seenAt: startedAt,
  statusAt: startedAt,
  removing: [],
  unremoved: [],
  evading: [],
  pastRemovals: [],
  removals: 0,
});
