import { renderComparison } from '../cli/compare-view.ts';
import { screenOf } from '../cli/screen.ts';
import { systemClock } from '../clock.ts';
import { runInspect } from '../inspect/recording/run-inspect.ts';
import { compareLog } from './compare-log.ts';
import { MAX_WHOLE_REPORTS, reportComparison, withoutItsWay } from './compare-report.ts';
import type { ReplayTask, RunReplayOptions } from './replay-options.ts';
import { walkLogs } from './walk-logs.ts';

/**
 * Compares logs with what their machines do now, and prints where they part: `CompareReport`. Then one of
 * them is shown, where that was asked for, until the process is asked to end.
 */
export async function runCompare(
  options: RunReplayOptions,
  { page }: Extract<ReplayTask, { readonly type: 'compare' }>,
): Promise<{ exitCode: number }> {
  const { output, isJson } = options;
  const startedAt = systemClock.now();
  let different = 0;
  const walk = await walkLogs(options, async (log) => {
    const compared = await compareLog(log);
    if (compared.divergence) different += 1;
    return different > MAX_WHOLE_REPORTS ? withoutItsWay(compared) : compared;
  });
  const report = reportComparison(walk, Math.round(systemClock.now() - startedAt));
  output.write(isJson ? `${JSON.stringify(report)}\n` : renderComparison(report, screenOf(output)));
  const shown = walk.results.find(({ result }) => result.divergence) ?? walk.results[0];
  if (page && shown && walk.interruptedBy === null) {
    // What is printed from here on is no result.
    const { path } = shown;
    await runInspect({ ...options, ...page, path, isAtDivergence: true, output: options.notices });
  }
  return { exitCode: report.exitCode };
}
