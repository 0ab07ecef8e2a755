import { readFileSync } from 'node:fs';
import { openFilesLimitIn } from '../../src/io/doctor/machine-resources.ts';
import { openFilesNeeded } from '../../src/io/doctor/resources.checks.ts';

/** @throws where no process started here may have as many files open as a worker with so many jobs. */
export function checkOpenFiles(maxJobs: number): void {
  // Node.js has raised its soft limit to the hard one, and those whom it starts inherit it.
  const limit = openFilesLimitIn(readFileSync('/proc/self/limits', 'utf8'));
  const needed = openFilesNeeded(maxJobs);
  if (limit === null || limit >= needed) return;
  throw new Error(
    `a process may have ${limit} files open, and ${maxJobs} jobs need ${needed}: ` +
      `raise the hard limit (ulimit -Hn ${needed}), or ask for less with --size`,
  );
}
