import { nextTurn } from '../clock.ts';
import { asProblem, LineCheck } from '../event-log/line-check.ts';
import {
  logVersion,
  type FileLine,
  type LogHead,
  type LogLine,
  type LogProblem,
  type ProblemLine,
} from '../event-log/log-line.ts';

/** Some hours of three people whose levels are measured. */
const MAX_LINES = 1_000_000;

/**
 * The event log of one job in memory: the lines that a worker writes into a file.
 *
 * Those over a million are dropped, and counted in its last lines.
 */
export class MemoryLog {
  readonly #onProblem: (problem: LogProblem) => void;
  readonly #check = new LineCheck();
  readonly #lines: FileLine[];
  #acceptedCount = 0;
  #droppedCount = 0;
  #closed: Promise<void> | undefined;

  constructor(head: LogHead, onProblem: (problem: LogProblem) => void) {
    this.#lines = [{ kind: 'head', version: logVersion, part: 1, ...head }];
    this.#onProblem = onProblem;
  }

  /** From its head to where it has come, or to its end. */
  get lines(): readonly FileLine[] {
    return this.#lines;
  }

  readonly write = (line: LogLine | ProblemLine): void => {
    if (this.#acceptedCount === MAX_LINES) {
      this.#droppedCount += 1;
      return;
    }
    const checked = this.#check.check(line);
    if (checked.kind === 'problem') this.#onProblem(asProblem(checked));
    this.#lines.push(checked);
    this.#acceptedCount += 1;
  };

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // XState tells its observers that a root is done before it tells the recorder.
    await new Promise<void>(nextTurn);
    const dropped = this.#droppedCount;
    if (dropped > 0) this.#lines.push({ kind: 'dropped', count: dropped });
    this.#lines.push({ kind: 'end', lines: this.#acceptedCount, dropped });
  }
}
