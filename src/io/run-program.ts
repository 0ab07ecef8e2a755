import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

type RunOptions = {
  readonly cwd?: string;
  /** On top of the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Each line that the program writes, to either stream. */
  readonly onLine?: (line: string) => void;
};

export type RunResult =
  { readonly kind: 'ended'; readonly exitCode: number | null } | { readonly kind: 'missing' };

/**
 * Runs a program to its end, without a shell and without a terminal.
 *
 * @returns `missing` where there is no such program; the exit code is null after a signal.
 * @throws where the program exists and cannot be started.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env, onLine }: RunOptions = {},
): Promise<RunResult> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => onLine?.(line));
  }
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') {
        resolve({ kind: 'missing' });
      } else {
        reject(error);
      }
    });
    child.once('close', (exitCode) => resolve({ kind: 'ended', exitCode }));
  });
}
