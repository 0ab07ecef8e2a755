import { renderCoverage } from '../cli/coverage-view.ts';
import { screenOf } from '../cli/screen.ts';
import { machineOfLog } from '../compose/log-machines.ts';
import { TransitionCoverage } from '../coverage/transition-coverage.ts';
import { drawCoverage } from '../diagrams/draw-coverage.ts';
import type { CoverageReport } from './coverage-report.ts';
import { problemReport } from './problem-report.ts';
import { replay } from './replayer.ts';
import type { ReplayTask, RunReplayOptions } from './replay-options.ts';
import { walkLogs } from './walk-logs.ts';

/** Counts which transitions logs took, prints them, and draws them where that is asked for. */
export async function runCoverage(
  options: RunReplayOptions,
  { diagrams }: ReplayTask & { readonly type: 'coverage' },
): Promise<{ exitCode: number }> {
  const { output, isJson, notices } = options;
  const coverage = new TransitionCoverage();
  const walk = await walkLogs(options, async ({ head, lines, agents }) => {
    const machine = machineOfLog(head, agents);
    coverage.add(machine);
    const { divergence } = await replay(lines(), machine, {
      onRoot: (root) => coverage.watch(root),
    });
    return divergence;
  });
  const different = walk.results.flatMap(({ path, result: divergence }) =>
    divergence ? [{ path, divergence }] : [],
  );
  const worst = walk.unreadable.length > 0 ? 2 : different.length > 0 ? 1 : 0;
  const report: CoverageReport = {
    version: 1,
    exitCode: walk.interruptedBy ?? worst,
    logs: walk.results.length,
    different,
    unreadable: walk.unreadable.map(problemReport),
    machines: coverage.machines,
  };
  output.write(isJson ? `${JSON.stringify(report)}\n` : renderCoverage(report, screenOf(output)));
  if (diagrams !== null) {
    const drawn = await drawCoverage(coverage, diagrams);
    notices.write(`Drawn: ${drawn.join(', ')}\n`);
  }
  return { exitCode: report.exitCode };
}
