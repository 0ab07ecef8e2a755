import type { RunReplayOptions } from './replay-options.ts';
import { GreenroomError } from '../errors.ts';

/** Not there yet. */
export function runCompare({ task }: RunReplayOptions): Promise<{ exitCode: number }> {
  return Promise.reject(new GreenroomError('E_USAGE', `${task.type} is not there yet`));
}
