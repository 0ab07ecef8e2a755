import type { RunReplayOptions } from './replay-options.ts';

/** Does with event logs what is asked. Resolves with the exit status of the command. */
export async function runReplay(options: RunReplayOptions): Promise<{ exitCode: number }> {
  const { task } = options;
  // Each of them loads what the others do not need.
  switch (task.type) {
    case 'compare':
      return (await import('./run-compare.ts')).runCompare(options, task);
    case 'accept':
      return (await import('./run-accept.ts')).runAccept(options);
    case 'whatIf':
      return (await import('./run-what-if.ts')).runWhatIf(options, task);
    case 'find':
      return (await import('./run-find.ts')).runFind(options, task);
    case 'coverage':
      return (await import('./run-coverage.ts')).runCoverage(options, task);
  }
}
