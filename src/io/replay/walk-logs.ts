import type { AgentDefinition } from '../../agents/define-agent.ts';
import { GreenroomError } from '../errors.ts';
import type { HeadLine } from '../event-log/log-line.ts';
import { readHead } from '../event-log/read-head.ts';
import { readLog, type LogReader } from '../event-log/reader.ts';
import type { ShutdownRequest } from '../shutdown.ts';
import { findLogs, type FoundLog, type NoLog } from './find-logs.ts';
import { ReplayProgress } from './replay-progress.ts';
import type { RunReplayOptions } from './replay-options.ts';

type WalkOptions = Pick<RunReplayOptions, 'paths' | 'agents' | 'notices' | 'shutdown'>;

/** A log that can be read. */
export type OpenLog = FoundLog & {
  readonly head: HeadLine;
  /** All lines, the head among them, from the beginning; it may be read more than once. */
  readonly lines: () => LogReader;
  /** Those that it may be of. */
  readonly agents: readonly AgentDefinition[];
};

export type Walk<TResult> = {
  /** In the order of the names of their logs. */
  readonly results: readonly { readonly path: string; readonly result: TResult }[];
  /** What was named and cannot be read, and logs that broke off while they were read. */
  readonly unreadable: readonly NoLog[];
  /** The exit status of the signal that ended the walk before its time; null: all were looked at. */
  readonly interruptedBy: number | null;
};

/**
 * Does something with every log that files and folders stand for, one after the other, with a bar on a
 * terminal and some lines elsewhere.
 *
 * A log that cannot be read does not keep the others from being looked at. What `look` throws with a
 * code of ours makes its log one of those.
 */
export async function walkLogs<TResult>(
  { paths, agents, notices, shutdown }: WalkOptions,
  look: (log: OpenLog) => Promise<TResult>,
): Promise<Walk<TResult>> {
  const { logs, missing } = await findLogs(paths);
  const results: { path: string; result: TResult }[] = [];
  const unreadable = [...missing];
  const interruption = new Interruption();
  const unsubscribe = shutdown.subscribe(interruption.begin);
  const progress = new ReplayProgress(notices, logs);
  try {
    for (const log of logs) {
      const { signal } = interruption;
      const lines = () => readLog(log.path, { signal, onRead: progress.read });
      try {
        progress.begin(log);
        const head = await readHead(lines());
        results.push({ path: log.path, result: await look({ ...log, head, lines, agents }) });
      } catch (cause) {
        if (interruption.by) break;
        unreadable.push({ path: log.path, problem: asProblem(cause) });
      }
      progress.end(log);
    }
  } finally {
    progress.stop();
    unsubscribe();
  }
  return { results, unreadable, interruptedBy: interruption.by?.exitCode ?? null };
}

/** Ends the reading of a log when the process is asked to end. */
class Interruption {
  by: ShutdownRequest | null = null;
  readonly #reading = new AbortController();

  get signal(): AbortSignal {
    return this.#reading.signal;
  }

  readonly begin = (request: ShutdownRequest): void => {
    this.by ??= request;
    this.#reading.abort();
  };
}

/** Mistakes of ours are none of the log. */
function asProblem(cause: unknown): GreenroomError {
  if (cause instanceof GreenroomError) return cause;
  if (cause instanceof Error && 'syscall' in cause) {
    return new GreenroomError('E_LOG_FORMAT', cause.message, { cause });
  }
  throw cause;
}
