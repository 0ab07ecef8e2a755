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
  type ProblemLine,
} from './log-line.ts';
import { LineEncoder } from './log-line.codec.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** A batch has so many bytes or lines at most, so that encoding it is a short turn. */
const batchBytes = 128 * 1024;
const batchLines = 1_000;

export type LogWriterOptions = {
  readonly head: LogHead;
  /** Replaces people in all lines, where it is given. */
  readonly pseudonyms?: Pseudonyms | undefined;
  /** Of a log that goes on; 0 for a new one. */
  readonly partsBefore: number;
  readonly clock: Clock;
  /** Opens the n-th file of this log; throws the system's error. */
  readonly openPart: (part: number) => LogFile;
  /** Called for each part that was closed in order. */
  readonly onPartClosed: (part: number) => void;
  /** A part that is larger or older than this is closed before the next batch. */
  readonly partBytes: number;
  readonly partAgeMs: number;
  /** So many lines wait for the disk at most; those on top are dropped, and counted in the log. */
  readonly queueLimit: number;
  /** Called once for each code: what is wrong once tends to be wrong ten times a second. */
  readonly onProblem: (problem: LogProblem) => void;
  /** Lines wait: `flush` is to be called before a SIGKILL could cost too many. */
  readonly onWaiting: () => void;
  readonly onClosed: () => void;
};

type Queued = LogLine | ProblemLine | DroppedLine | EndLine;

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
  #part: number;
  #partOpenedAt = 0;
  /** The head of a new part, until its first batch takes it along. */
  #prefix = '';
  #isClosing = false;
  #hasFailed = false;
  #writing: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #isWaiting = false;
  #acceptedCount = 0;
  #encodedCount = 0;
  #writtenCount = 0;
  #droppedCount = 0;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#part = options.partsBefore;
  }

  /** Lines that are not in the log: the disk was too slow for them, or failed. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** Takes a line that nobody changes afterwards. From the turn after `close` on it does nothing. */
  readonly write = (line: LogLine | ProblemLine): void => {
    if (this.#isClosing) return;
    if (this.#hasFailed || this.#queue.length >= this.#options.queueLimit) {
      this.#drop();
      return;
    }
    this.#queue.push(line);
    this.#acceptedCount += 1;
    // More than one batch has gathered before its time.
    if (this.#queue.length % batchLines === 0) nextTurn(() => void this.#writeBatches());
    else this.#wait();
  };

  /** Writes what waits now. */
  flush(): void {
    this.#isWaiting = false;
    void this.#writeBatches();
  }

  /** Writes what is left of this turn, then the last line, and closes the file. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** For the exit of the process: writes what is left, and blocks. Never throws. */
  flushSync(): void {
    if (this.#hasFailed || this.#isUntouched) return;
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
    await this.#writing;
    if (!this.#hasFailed && !this.#isUntouched) {
      this.#queue.push({ kind: 'end', lines: this.#acceptedCount, dropped: this.#droppedCount });
      await this.#writeBatches();
    }
    await this.#closeFile();
    this.#options.onClosed();
  }

  /** An older log with which nobody went on after all, because it could not be resumed. */
  get #isUntouched(): boolean {
    return this.#options.partsBefore > 0 && this.#acceptedCount === 0;
  }

  #wait(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#options.onWaiting();
  }

  /** Writes what waits now; what comes meanwhile waits for its own time. */
  #writeBatches(): Promise<void> {
    this.#writing ??= this.#appendBatches(this.#queue.length).finally(() => {
      this.#writing = undefined;
      if (!this.#isClosing && this.#queue.length > 0) this.#wait();
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
    const { head, openPart, clock, partBytes, partAgeMs } = this.#options;
    const now = clock.now();
    const isTooOld = now - this.#partOpenedAt >= partAgeMs;
    if (this.#file && this.#file.sizeBytes < partBytes && !isTooOld) return this.#file;
    void this.#closeFile();
    this.#part += 1;
    this.#partOpenedAt = now;
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
    const { pseudonyms } = this.#options;
    return `${this.#encoder.encode(pseudonyms ? pseudonyms.line(checked) : checked)}\n`;
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
    void this.#closeFile();
    const message = `the event log ends here: ${String(error)}`;
    this.#report({ code: 'E_LOG_WRITE', message, retryable: true });
  }

  #report(problem: LogProblem): void {
    if (this.#reported.has(problem.code)) return;
    this.#reported.add(problem.code);
    this.#options.onProblem(problem);
  }

  /** Never rejects. */
  async #closeFile(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    this.#file = undefined;
    const part = this.#part;
    // The data is with the system already: an error of the closing itself harms nothing.
    await file.close().catch(() => {});
    if (!this.#hasFailed) this.#options.onPartClosed(part);
  }
}
