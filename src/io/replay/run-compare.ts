import { renderComparison } from '../cli/compare-view.ts';
import { screenOf } from '../cli/screen.ts';
import { systemClock } from '../clock.ts';
import { compareLog } from './compare-log.ts';
import { reportComparison } from './compare-report.ts';
import type { RunReplayOptions } from './replay-options.ts';
import { walkLogs } from './walk-logs.ts';

/** Compares logs with what their machines do now, and prints where they part: `CompareReport`. */
export async function runCompare(options: RunReplayOptions): Promise<{ exitCode: number }> {
  const { output, isJson } = options;
  const startedAt = systemClock.now();
  const walk = await walkLogs(options, compareLog);
  const report = reportComparison(walk, Math.round(systemClock.now() - startedAt));
  output.write(isJson ? `${JSON.stringify(report)}\n` : renderComparison(report, screenOf(output)));
  return { exitCode: report.exitCode };
}
