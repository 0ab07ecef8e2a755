import type { Clock } from '../../actors/ports.ts';
import { nextTurn } from '../clock.ts';
import { asProblem, LineCheck } from './line-check.ts';
import type { LogFile } from './log-file.ts';
import {
  logVersion,
  type DroppedLine,
  type EndLine,
  type LogHead,
  type LogLine,
  type LogProblem,
} from './log-line.ts';
import { LineEncoder } from './log-line.codec.ts';

/** A SIGKILL costs what came since the last batch: together with the writing, less than a second. */
const flushAfterMs = 400;
/** The logs of many jobs are written in few turns together: each waking of the disk's threads costs. */
const flushGridMs = 100;
/** A batch has so many bytes or lines at most, so that encoding it is a short turn. */
const batchBytes = 128 * 1024;
const batchLines = 1_000;

type LogWriterOptions = {
  readonly head: LogHead;
  readonly clock: Clock;
  /** Opens the n-th file of this log; throws the system's error. */
  readonly openPart: (part: number) => LogFile;
  readonly partBytes: number;
  /** So many lines wait for the disk at most; those on top are dropped, and counted in the log. */
  readonly queueLimit: number;
  /** Called once for each code: what is wrong once tends to be wrong ten times a second. */
  readonly onProblem: (problem: LogProblem) => void;
  readonly onClosed: () => void;
};

type Queued = LogLine | DroppedLine | EndLine;

/**
 * Writes the log of one actor system, in batches and away from the actors' turns.
 *
 * A disk that fails ends the log, with one report: nothing else is harmed.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #check = new LineCheck();
  readonly #encoder = new LineEncoder();
  readonly #reported = new Set<string>();
  #queue: Queued[] = [];
  #file: LogFile | undefined;
  #part = 0;
  /** The head of a new part, until its first batch takes it along. */
  #prefix = '';
  #isClosing = false;
  #hasFailed = false;
  #writing: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #timer: unknown;
  #acceptedCount = 0;
  #encodedCount = 0;
  #writtenCount = 0;
  #droppedCount = 0;

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /** Lines that are not in the log: the disk was too slow for them, or failed. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** Takes a line that nobody changes afterwards. From the turn after `close` on it does nothing. */
  readonly write = (line: LogLine): void => {
    if (this.#isClosing) return;
    if (this.#hasFailed || this.#queue.length >= this.#options.queueLimit) {
      this.#drop();
      return;
    }
    this.#queue.push(line);
    this.#acceptedCount += 1;
    // More than one batch has gathered before its time.
    if (this.#queue.length % batchLines === 0) nextTurn(() => void this.#writeBatches());
    else this.#arm();
  };

  /** Writes what is left of this turn, then the last line, and closes the file. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** For the exit of the process: writes what is left, and blocks. Never throws. */
  flushSync(): void {
    if (this.#hasFailed) return;
    try {
      do {
        this.#preparePart().appendSync(this.#takeBatch());
      } while (this.#queue.length > 0);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #close(): Promise<void> {
    // XState tells its observers that a root is done before it tells the inspector.
    await new Promise<void>(nextTurn);
    this.#isClosing = true;
    this.#options.clock.clearTimeout(this.#timer);
    await this.#writing;
    if (!this.#hasFailed) {
      this.#queue.push({ kind: 'end', lines: this.#acceptedCount, dropped: this.#droppedCount });
      await this.#writeBatches();
    }
    this.#closeFile();
    this.#options.onClosed();
  }

  #arm(): void {
    const { clock } = this.#options;
    this.#timer ??= clock.setTimeout(
      () => {
        this.#timer = undefined;
        void this.#writeBatches();
      },
      flushAfterMs + flushGridMs - (clock.now() % flushGridMs),
    );
  }

  /** Writes what waits now; what comes meanwhile waits for its own time. */
  #writeBatches(): Promise<void> {
    this.#writing ??= this.#appendBatches(this.#queue.length).finally(() => {
      this.#writing = undefined;
      if (!this.#isClosing && this.#queue.length > 0) this.#arm();
    });
    return this.#writing;
  }

  async #appendBatches(count: number): Promise<void> {
    try {
      for (let left = count; left > 0;) {
        const waiting = this.#queue.length;
        const file = this.#preparePart();
        const batch = this.#takeBatch();
        left -= waiting - this.#queue.length;
        await file.append(batch);
        this.#writtenCount = this.#encodedCount;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The file for the next batch. A new one begins with the head, which resets the encoder, too. */
  #preparePart(): LogFile {
    if (this.#file && this.#file.sizeBytes < this.#options.partBytes) return this.#file;
    this.#closeFile();
    this.#part += 1;
    const { head, openPart } = this.#options;
    this.#file = openPart(this.#part);
    const line = { kind: 'head', version: logVersion, part: this.#part, ...head } as const;
    this.#prefix = `${this.#encoder.encode(line)}\n`;
    return this.#file;
  }

  #takeBatch(): string {
    let text = this.#prefix;
    let taken = 0;
    for (const line of this.#queue) {
      if (taken === batchLines || text.length >= batchBytes) break;
      text += this.#encode(line);
      taken += 1;
    }
    this.#queue.splice(0, taken);
    this.#prefix = '';
    return text;
  }

  #encode(line: Queued): string {
    if (line.kind === 'dropped' || line.kind === 'end') return `${this.#encoder.encode(line)}\n`;
    const checked = this.#check.check(line);
    if (checked.kind === 'problem') this.#report(asProblem(checked));
    this.#encodedCount += 1;
    return `${this.#encoder.encode(checked)}\n`;
  }

  /** The gap is named where it is: behind the lines that still wait. */
  #drop(): void {
    this.#droppedCount += 1;
    if (this.#hasFailed) return;
    const last = this.#queue.at(-1);
    if (last?.kind === 'dropped') {
      this.#queue[this.#queue.length - 1] = { kind: 'dropped', count: last.count + 1 };
      return;
    }
    this.#queue.push({ kind: 'dropped', count: 1 });
    const message = 'the disk is too slow for the event log: lines are dropped';
    this.#report({ code: 'E_LOG_OVERFLOW', message, retryable: true });
  }

  #fail(error: unknown): void {
    this.#hasFailed = true;
    this.#droppedCount += this.#acceptedCount - this.#writtenCount;
    this.#queue = [];
    this.#closeFile();
    const message = `the event log ends here: ${String(error)}`;
    this.#report({ code: 'E_LOG_WRITE', message, retryable: true });
  }

  #report(problem: LogProblem): void {
    if (this.#reported.has(problem.code)) return;
    this.#reported.add(problem.code);
    this.#options.onProblem(problem);
  }

  #closeFile(): void {
    // The data is with the system already: an error of the closing itself harms nothing.
    void this.#file?.close().catch(() => {});
    this.#file = undefined;
  }
}
