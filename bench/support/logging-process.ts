import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killWithParent } from '../../src/io/livekit/parent-guard.ts';
import { until } from './until.ts';

const START_LIMIT_MS = 30_000;

/** A line of its log; `time` as the program writes it. */
export type LogLine = { readonly msg: string; readonly time: string } & Readonly<
  Record<string, unknown>
>;

export type LoggingProcess = {
  readonly pid: number;
  /** Everything that it and its children logged. */
  readonly logs: readonly LogLine[];
  /** Asks it to end with these signals in turn, and resolves when it has. */
  stop(...signals: readonly NodeJS.Signals[]): Promise<void>;
};

type LoggingProcessOptions = {
  readonly args: readonly string[];
  /** Added to PATH, which is all that it has of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether what it logged says that it takes jobs. */
  readonly isReady: (logs: readonly LogLine[]) => boolean;
};

/**
 * Runs a Node.js program that logs JSON lines, in an empty folder of its own, until it takes jobs.
 *
 * It and its children end with this process.
 */
export async function startLoggingProcess({
  args,
  env,
  isReady,
}: LoggingProcessOptions): Promise<LoggingProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-bench-'));
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    // A group of its own, so that its children can be ended with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = child.pid ?? 0;
  const endGuard = killWithParent(-pid);
  const gone = once(child, 'exit').then(async () => {
    killGroup(pid);
    endGuard();
    await rm(folder, { recursive: true, maxRetries: 3 });
  });
  const logs: LogLine[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) logs.push(JSON.parse(line) as LogLine);
  });
  await until(START_LIMIT_MS, () => {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`);
    return isReady(logs);
  });
  return {
    pid,
    logs,
    stop: async (...signals) => {
      for (const signal of signals) child.kill(signal);
      await gone;
    },
  };
}

/** For children that outlived their parent. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left of it.
  }
}
