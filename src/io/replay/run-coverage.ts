import { GreenroomError } from '../errors.ts';
import type { ReplayTask, RunReplayOptions } from './replay-options.ts';

/** Not there yet. */
export function runCoverage(
  _options: RunReplayOptions,
  task: ReplayTask & { readonly type: 'coverage' },
): Promise<{ exitCode: number }> {
  return Promise.reject(new GreenroomError('E_USAGE', `${task.type} is not there yet`));
}
