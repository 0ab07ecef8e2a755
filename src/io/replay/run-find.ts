import { renderFind } from '../cli/find-view.ts';
import { screenOf } from '../cli/screen.ts';
import { readCondition } from './find-condition.ts';
import { reportFind } from './find-report.ts';
import { findStep, type Search } from './find.ts';
import { checkFixturePath, writeFixture } from './fixture.ts';
import type { ReplayTask, RunReplayOptions } from './replay-options.ts';
import { walkLogs, type OpenLog } from './walk-logs.ts';

/**
 * Prints the first step of each log at which something holds: `FindReport`. Where a fixture is asked for,
 * the first log in which it is found is written up to there.
 *
 * @throws GreenroomError as `readCondition` and `checkFixturePath` do.
 */
export async function runFind(
  options: RunReplayOptions,
  { what, fixture }: ReplayTask & { readonly type: 'find' },
): Promise<{ exitCode: number }> {
  const { output, isJson } = options;
  const condition = await readCondition(what);
  if (fixture !== null) checkFixturePath(fixture);
  let isWritten = false;
  const look = async (log: OpenLog): Promise<Search> => {
    const search = await findStep(log, condition);
    if (search.found && fixture !== null && !isWritten) {
      await writeFixture(fixture, log, search.found.seq);
      isWritten = true;
    }
    return search;
  };
  const report = reportFind(await walkLogs(options, look), { what, fixture });
  output.write(isJson ? `${JSON.stringify(report)}\n` : renderFind(report, screenOf(output)));
  return { exitCode: report.exitCode };
}
