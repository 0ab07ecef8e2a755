import { toGreenroomError } from '../errors.ts';
import { Shutdown, type ShutdownRequests } from '../shutdown.ts';
import type { CommandWorld } from './commands.ts';
import { renderError } from './error-report.ts';

/** One tells what broke; those that follow from it are many. */
const MAX_HELD_ERRORS = 5;

/**
 * Runs a command that signals may end; what nobody caught meanwhile is written with its stack.
 *
 * @param options.hasScreen the command has the whole terminal: it ends with it, and what is to be read is
 * written when the terminal has been given back.
 * @returns its exit status.
 */
export async function withShutdown(
  { signals, stderr }: Pick<CommandWorld, 'signals' | 'stderr'>,
  run: (shutdown: ShutdownRequests) => Promise<{ readonly exitCode: number }>,
  { hasScreen = false } = {},
): Promise<number> {
  const shutdown = new Shutdown(signals, { isOnTerminal: hasScreen });
  const held: string[] = [];
  shutdown.onFatal((error) => {
    const text = renderError(toGreenroomError(error), { withStack: true });
    if (!hasScreen) stderr.write(text);
    else if (held.length < MAX_HELD_ERRORS) held.push(text);
  });
  try {
    const { exitCode } = await run(shutdown);
    return exitCode;
  } finally {
    shutdown.close();
    for (const text of held) stderr.write(text);
  }
}
