import type { AgentView } from '../../agents/define-agent.ts';
import type { Alert, EndReason } from '../../machines/events.ts';
import type { ParticipantView } from '../../machines/session/session-view.ts';
import type {
  AgentRef,
  ConnectionState,
  FullReason,
} from '../../machines/worker/connection.events.ts';
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
  /** Why it takes no more jobs; null while it takes them. */
  readonly fullReason: FullReason | null;
};

export type ConnectionView = AgentRef & {
  readonly state: ConnectionState;
  /** Null unless registered. */
  readonly workerId: string | null;
};

/** What the worker knows of a session, whatever its agent. */
export type JobView = {
  readonly jobId: string;
  readonly dispatchId: string;
  readonly agent: string;
  readonly room: string;
  /** Null until joined. */
  readonly roomSid: string | null;
  readonly startedAt: number;
  /** False where the server no longer knows of the job. */
  readonly tracked: boolean;
  /** Null until ended. */
  readonly endReason: EndReason | null;
  /** Those that are open, oldest first, with the traces in their evidence. */
  readonly alerts: readonly Alert[];
};

/** A job and what its agent shows of it; agents may add fields of their own. */
export type SessionView = JobView &
  Omit<ParticipantView, 'state' | 'identity' | 'alerts'> & {
    /** Null where the session is a whole room's. */
    readonly identity: string | null;
    /**
     * Top-level state of the agent's machine. Before it runs: `joining`, or `standingBy` while an
     * earlier agent of another worker serves the same.
     */
    readonly state: string;
    /** Of a participant-monitor: basic, full or custom. */
    readonly monitoringType: string | null;
    readonly customSettings: Readonly<Record<string, unknown>>;
  };

/** What stands for the fields that an agent says nothing about. */
const unsaid: Omit<SessionView, keyof JobView | 'state'> = {
  identity: null,
  sid: null,
  presence: null,
  speech: null,
  video: null,
  quality: null,
  qualityScore: null,
  audioLevel: 0,
  speakingMs: 0,
  turns: 0,
  frameRateHz: 0,
  framesTotal: 0,
  lastFrameAt: null,
  freezes: 0,
  tracks: [],
  reconnects: 0,
  monitoringType: null,
  customSettings: {},
};

/** The job's own fields stand, whatever the agent calls its own. */
export const toSessionView = (job: JobView, view: AgentView): SessionView => ({
  ...unsaid,
  ...view,
  ...job,
});
