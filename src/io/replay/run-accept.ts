import { renderAcceptance } from '../cli/accept-view.ts';
import { screenOf } from '../cli/screen.ts';
import { acceptLog } from './accept-log.ts';
import type { AcceptReport } from './accept-report.ts';
import { problemReport } from './problem-report.ts';
import type { RunReplayOptions } from './replay-options.ts';
import { walkLogs } from './walk-logs.ts';

/** Writes logs anew whose consequences differ, and prints what changed: `AcceptReport`. */
export async function runAccept(options: RunReplayOptions): Promise<{ exitCode: number }> {
  const { output, isJson } = options;
  const { results, unreadable, interruptedBy } = await walkLogs(options, acceptLog);
  const report: AcceptReport = {
    version: 1,
    exitCode: interruptedBy ?? (unreadable.length > 0 ? 2 : 0),
    accepted: results.flatMap(({ path, result }) => (result ? [{ path, ...result }] : [])),
    same: results.flatMap(({ path, result }) => (result ? [] : [path])),
    unreadable: unreadable.map(problemReport),
  };
  output.write(isJson ? `${JSON.stringify(report)}\n` : renderAcceptance(report, screenOf(output)));
  return { exitCode: report.exitCode };
}
