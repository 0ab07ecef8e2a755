import { renderComparison } from '../cli/compare-view.ts';
import { screenOf } from '../cli/screen.ts';
import { systemClock } from '../clock.ts';
import { compareLog } from './compare-log.ts';
import { MAX_WHOLE_REPORTS, reportComparison, withoutItsWay } from './compare-report.ts';
import type { RunReplayOptions } from './replay-options.ts';
import { walkLogs } from './walk-logs.ts';

/** Compares logs with what their machines do now, and prints where they part: `CompareReport`. */
export async function runCompare(options: RunReplayOptions): Promise<{ exitCode: number }> {
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
  return { exitCode: report.exitCode };
}
