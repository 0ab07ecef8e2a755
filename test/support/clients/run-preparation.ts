import { runProgram } from '../../../src/io/run-program.ts';

const TAIL_LINES = 10;

/** @returns what went wrong, with the last lines said. */
export async function runPreparation(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string | undefined> {
  let tail: string[] = [];
  const onLine = (line: string): void => {
    tail = [...tail, line].slice(-TAIL_LINES);
  };
  const result = await runProgram(command, args, { ...options, onLine });
  if (result.kind === 'missing') {
    return `there is no ${command} on PATH`;
  }
  return result.exitCode === 0
    ? undefined
    : `${[command, ...args].join(' ')} failed:\n${tail.join('\n')}`;
}
