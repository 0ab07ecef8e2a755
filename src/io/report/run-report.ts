import { screenOf } from '../cli/screen.ts';
import type { Output } from '../cli/output.ts';
import { renderReport } from '../cli/report-view.ts';
import { problemReport } from '../replay/problem-report.ts';
import { walkLogs, type OpenLog } from '../replay/walk-logs.ts';
import type { ShutdownRequests } from '../shutdown.ts';
import type { JobsReport } from './jobs-report.ts';
import { readJob } from './read-job.ts';
import { SummaryBook } from './summary-book.ts';

export type ReportFilter = {
  /** Jobs that began at or after this: epoch milliseconds. */
  readonly since: number | null;
  /** Jobs that began before this. */
  readonly until: number | null;
  readonly agent: string | null;
  readonly room: string | null;
};

export type RunReportOptions = {
  /** Log files, of which any part stands for the whole log, and folders. */
  readonly paths: readonly string[];
  readonly filter: ReportFilter;
  /** Print the result as one JSON document; else as tables. */
  readonly isJson: boolean;
  /** For results. */
  readonly output: Output;
  /** For progress, and what is no result. */
  readonly notices: Output & NodeJS.WritableStream;
  readonly shutdown: ShutdownRequests;
};

const MAX_LISTED = 10_000;

/** Prints what the jobs of some event logs came to, as their worker printed it at its end: `JobsReport`. */
export async function runReport(options: RunReportOptions): Promise<{ exitCode: number }> {
  const { filter, isJson, output } = options;
  const book = new SummaryBook(MAX_LISTED);
  const look = async (log: OpenLog): Promise<boolean> => {
    if (!isMeant(log, filter)) return false;
    const job = await readJob(log.head, log.lines());
    if (job === null || (filter.room !== null && job.room !== filter.room)) return false;
    book.add(job);
    return true;
  };
  const { results, unreadable, interruptedBy } = await walkLogs({ ...options, agents: [] }, look);
  const { sessions, rooms, conversations, others, unlisted, silent, totals } = book;
  const report: JobsReport = {
    version: 1,
    exitCode: interruptedBy ?? (unreadable.length > 0 ? 2 : 0),
    logs: results.length,
    jobs: results.filter(({ result }) => result).length,
    silent,
    sessions,
    rooms,
    conversations,
    others,
    unlisted,
    totals,
    unreadable: unreadable.map(problemReport),
  };
  output.write(isJson ? `${JSON.stringify(report)}\n` : renderReport(report, screenOf(output)));
  return { exitCode: report.exitCode };
}

/** Before its lines are read. */
const isMeant = ({ head }: OpenLog, { since, until, agent }: ReportFilter): boolean =>
  (since === null || head.startedAt >= since) &&
  (until === null || head.startedAt < until) &&
  (agent === null || head.agent === agent);
