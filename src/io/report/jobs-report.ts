import type { ConversationSummary } from '../../machines/conversation/conversation-figures.ts';
import type { SessionSummary } from '../../machines/session/session.events.ts';
import type { ProblemReport } from '../replay/problem-report.ts';
import type { ClosedJob, ClosedRoom } from './closed-job.ts';
import type { RoomTotals } from './room-totals.ts';

/** The document of `greenroom report --json`. Times are milliseconds. */
export type JobsReport = {
  readonly version: 1;
  /** 0 done, 2 something is unreadable; 130, 143: ended by a signal. */
  readonly exitCode: number;
  /** Logs that could be read. */
  readonly logs: number;
  /** Of those, logs of jobs that were asked for. */
  readonly jobs: number;
  /** Of those, jobs of which no figures are known: cut off before they reported any. */
  readonly silent: number;
  readonly sessions: readonly SessionSummary[];
  readonly rooms: readonly ClosedRoom[];
  readonly conversations: readonly ConversationSummary[];
  /** Of agents with figures of their own. */
  readonly others: readonly ClosedJob[];
  /** Of each kind at most 10,000 are listed, the latest. */
  readonly unlisted: number;
  /** Of all rooms; null where no agent counted any. */
  readonly totals: RoomTotals | null;
  readonly unreadable: readonly ProblemReport[];
};
