import { toGreenroomError } from '../errors.ts';
import { Shutdown, type ShutdownRequests } from '../shutdown.ts';
import type { CommandWorld } from './commands.ts';
import { renderError } from './error-report.ts';

/**
 * Runs a command that signals may end; what nobody caught meanwhile is written with its stack.
 *
 * @returns its exit status.
 */
export async function withShutdown(
  { signals, stderr }: Pick<CommandWorld, 'signals' | 'stderr'>,
  run: (shutdown: ShutdownRequests) => Promise<{ readonly exitCode: number }>,
): Promise<number> {
  const shutdown = new Shutdown(signals);
  shutdown.onFatal((error) =>
    stderr.write(renderError(toGreenroomError(error), { withStack: true })),
  );
  try {
    const { exitCode } = await run(shutdown);
    return exitCode;
  } finally {
    shutdown.close();
  }
}
