import { screenOf } from '../cli/screen.ts';
import { renderWhatIf } from '../cli/what-if-view.ts';
import { checkChange } from './changed-head.ts';
import type { ReplayTask, RunReplayOptions } from './replay-options.ts';
import { walkLogs } from './walk-logs.ts';
import { whatIf } from './what-if.ts';
import { reportWhatIf } from './what-if-report.ts';

/**
 * Runs logs once as they are and once with other settings or another agent, and prints what would have
 * been different: `WhatIfReport`.
 *
 * @throws GreenroomError as `checkChange` does.
 */
export async function runWhatIf(
  options: RunReplayOptions,
  change: ReplayTask & { readonly type: 'whatIf' },
): Promise<{ exitCode: number }> {
  const { output, isJson, agents } = options;
  checkChange(change, agents);
  const report = reportWhatIf(await walkLogs(options, (log) => whatIf(log, change)), change);
  output.write(isJson ? `${JSON.stringify(report)}\n` : renderWhatIf(report, screenOf(output)));
  return { exitCode: report.exitCode };
}
