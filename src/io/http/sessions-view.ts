import type { Alert, ConnectionQuality, EndReason, TrackInfo } from '../../machines/events.ts';
import type { ConnectionState } from '../../machines/worker/connection.events.ts';
import type { JobType } from '../../machines/worker/events.ts';
import type { WorkerState } from '../../machines/worker/worker.events.ts';

/** What `GET /sessions` answers, and what the live view of `demo` shows. Times are epoch milliseconds. */
export type SessionsView = {
  readonly version: 1;
  readonly worker: WorkerView;
  readonly sessions: readonly SessionView[];
};

export type WorkerView = {
  readonly id: string;
  readonly state: WorkerState;
  readonly connections: readonly ConnectionView[];
  readonly jobs: number;
  readonly maxJobs: number;
  /** As reported to the server, 0 to 1. */
  readonly load: number;
};

export type ConnectionView = {
  /** The agent's own name, also where it is registered under another. */
  readonly agent: string;
  readonly jobType: JobType;
  readonly state: ConnectionState;
  /** Null unless registered. */
  readonly workerId: string | null;
};

export type SessionView = {
  readonly jobId: string;
  readonly dispatchId: string;
  readonly agent: string;
  readonly room: string;
  /** Null until joined. */
  readonly roomSid: string | null;
  /** Null where the session is a whole room's. */
  readonly identity: string | null;
  /** The connection followed now, or last; null before the first. */
  readonly sid: string | null;
  /** Top-level state of the agent's machine: of a participant-session one of the four of the product. */
  readonly state: string;
  /** The regions of `connected`; null outside it. */
  readonly speech: 'silent' | 'speaking' | null;
  readonly video: 'off' | 'flowing' | 'frozen' | null;
  readonly quality: ConnectionQuality | 'unknown' | null;
  readonly presence: 'present' | 'suspect' | 'absent' | null;
  /** 0 to 1; null while quality is unknown. */
  readonly qualityScore: number | null;
  /** RMS of the last window, 0 to 1. */
  readonly audioLevel: number;
  readonly speakingMs: number;
  readonly turns: number;
  readonly frameRateHz: number;
  readonly framesTotal: number;
  readonly lastFrameAt: number | null;
  readonly freezes: number;
  readonly tracks: readonly TrackView[];
  readonly reconnects: number;
  /** The open ones. */
  readonly alerts: readonly Alert[];
  readonly startedAt: number;
  /** False where the server no longer knows of the job. */
  readonly tracked: boolean;
  readonly monitoringType: 'basic' | 'full' | 'custom' | null;
  /** Null until ended. */
  readonly endReason: EndReason | null;
  readonly customSettings: Readonly<Record<string, unknown>>;
};

export type TrackView = Pick<TrackInfo, 'sid' | 'kind' | 'source' | 'muted'> & {
  readonly state: string;
};
