import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../actors/ports.ts';
import { GreenroomError } from '../errors.ts';
import { PACKED } from './log-source.ts';
import { LogFile } from './log-file.ts';
import type { LogHead, LogProblem } from './log-line.ts';
import { mendLog } from './mend-log.ts';
import { Packer } from './packer.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { dayOf, sweepLogs } from './retention.ts';
import { LogWriter, type LogWriterOptions } from './writer.ts';

export type EventLogsOptions = {
  /** Made where it is missing, for its owner alone. */
  readonly directory: string;
  readonly clock: Clock;
  /** Of all logs in the directory together. The files that are still written may exceed it. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Called once for each code and log, and once for all logs while no file can be made. */
  readonly onProblem: (problem: LogProblem) => void;
  /** Whether people are replaced by words of each log (`Pseudonyms`). */
  readonly isPseudonymous?: boolean;
  /** Whether parts are packed once they are closed. */
  readonly isPacking?: boolean;
  /** A log goes on in a new file after so many bytes, and after so long. */
  readonly partBytes?: number;
  readonly partAgeMs?: number;
  readonly queueLimit?: number;
  readonly createFile?: (path: string) => LogFile;
};

type LogToWrite = Pick<LogWriterOptions, 'head' | 'pseudonyms' | 'partsBefore'> & {
  readonly pathOf: (part: number) => string;
  readonly onFirstPart?: () => void;
};

/** Some hours of one participant with level windows. */
const defaultPartBytes = 16 * 1024 * 1024;
/** An open part can neither be packed nor removed. */
const defaultPartAgeMs = 3_600_000;
/** Some ten minutes of three tracks, some 4 MB. */
const defaultQueueLimit = 20_000;
/** Sessions come and go: the directory is not looked through for each new file. */
const sweepEveryMs = 60_000;
/**
 * The logs of all jobs are written together, since each waking of the disk's threads costs. A SIGKILL costs
 * what came since: together with the writing, less than a second.
 */
const flushEveryMs = 750;

/** The event logs of one process: `<directory>/<UTC date>/<name>.<part>.jsonl`, packed `….jsonl.br`. */
export class EventLogs {
  readonly #options: EventLogsOptions;
  readonly #writers = new Set<LogWriter>();
  readonly #files = new Map<string, LogFile>();
  readonly #flushOnExit = (): void => {
    for (const writer of this.#writers) writer.flushSync();
  };
  readonly #packer: Packer | undefined;
  readonly #waiting = new Set<LogWriter>();
  #flushTimer: unknown;
  #sweeping: Promise<void> | undefined;
  #sweptAt = -Infinity;
  /** Since a file could not be made or written, until one can be made again. */
  #isFailing = false;
  #closedDroppedCount = 0;

  constructor(options: EventLogsOptions) {
    this.#options = options;
    if (options.isPacking) this.#packer = new Packer((problem) => this.#report(problem));
    process.on('exit', this.#flushOnExit);
    void this.#sweep();
  }

  /** Lines that did not come into their logs, of all logs so far. */
  get droppedCount(): number {
    let count = this.#closedDroppedCount;
    for (const writer of this.#writers) count += writer.droppedCount;
    return count;
  }

  /**
   * Begins a log, whose file is made with its first batch. Never throws: a directory that cannot be
   * written is a problem that is reported, once until it can.
   *
   * @param name such as a job's id; never an identity or a room, as others may read file names.
   */
  open(name: string, head: LogHead): LogWriter {
    const day = join(this.#options.directory, dayOf(this.#options.clock.now()));
    const stem = name.replaceAll(/[^\w-]/g, '_').slice(0, 100);
    let base = join(day, stem);
    const pseudonyms = this.#options.isPseudonymous ? new Pseudonyms() : undefined;
    return this.#write({
      head: pseudonyms ? pseudonyms.head(head) : head,
      pseudonyms,
      partsBefore: 0,
      pathOf: (part) => `${base}.${part}.jsonl`,
      onFirstPart: () => {
        // A job that came a second time has a second log.
        for (let n = 2; isTaken(`${base}.1.jsonl`); n += 1) base = join(day, `${stem}-${n}`);
      },
    });
  }

  /**
   * Goes on with a log that broke off, in a new part behind those that are there. What is torn at its end
   * is cut off; where nothing is written and it is closed, the log stays otherwise as it is.
   *
   * The process that wrote the log must be gone.
   *
   * @param path of any of its parts; also of a log in another directory.
   * @throws GreenroomError `E_RESUME` where people are replaced by words, `E_LOG_FORMAT` where it is no
   *   log, and the system's error where a file cannot be read or changed.
   */
  async goOn(path: string): Promise<LogWriter> {
    if (this.#options.isPseudonymous) {
      const message = 'with pseudonyms a log names nobody who could be met again in a room';
      throw new GreenroomError('E_RESUME', message);
    }
    const { head, part, pathOf } = await mendLog(path);
    return this.#write({ head, partsBefore: part, pathOf });
  }

  /** Closes every log in order; afterwards the directory is as small as it has to be. Never rejects. */
  async close(): Promise<void> {
    await Promise.all([...this.#writers].map((writer) => writer.close()));
    process.off('exit', this.#flushOnExit);
    this.#options.clock.clearTimeout(this.#flushTimer);
    await this.#packer?.idle();
    await this.#sweeping;
    await this.#sweep();
  }

  #write({ pathOf, onFirstPart, ...log }: LogToWrite): LogWriter {
    const {
      clock,
      partBytes = defaultPartBytes,
      partAgeMs = defaultPartAgeMs,
      queueLimit = defaultQueueLimit,
    } = this.#options;
    const writer = new LogWriter({
      ...log,
      clock,
      partBytes,
      partAgeMs,
      queueLimit,
      openPart: (part) => {
        if (part === 1) onFirstPart?.();
        return this.#createFile(pathOf(part));
      },
      onPartClosed: (part) => this.#packer?.add(pathOf(part)),
      onProblem: (problem) => this.#report(problem),
      onWaiting: () => this.#flushSoon(writer),
      onClosed: () => {
        this.#waiting.delete(writer);
        this.#writers.delete(writer);
        this.#closedDroppedCount += writer.droppedCount;
      },
    });
    this.#writers.add(writer);
    return writer;
  }

  #flushSoon(writer: LogWriter): void {
    const { clock } = this.#options;
    this.#waiting.add(writer);
    this.#flushTimer ??= clock.setTimeout(
      () => {
        this.#flushTimer = undefined;
        const writers = [...this.#waiting];
        this.#waiting.clear();
        for (const each of writers) each.flush();
      },
      flushEveryMs - (clock.now() % flushEveryMs),
    );
  }

  #createFile(path: string): LogFile {
    const file = (this.#options.createFile ?? LogFile.create)(path);
    this.#isFailing = false;
    this.#files.set(path, file);
    if (this.#options.clock.now() - this.#sweptAt >= sweepEveryMs) void this.#sweep();
    return file;
  }

  #report(problem: LogProblem): void {
    if (problem.code === 'E_LOG_WRITE') {
      if (this.#isFailing) return;
      this.#isFailing = true;
    }
    this.#options.onProblem(problem);
  }

  #sweep(): Promise<void> {
    if (this.#sweeping) return this.#sweeping;
    const { directory, maxBytes, maxAgeMs, clock } = this.#options;
    const now = clock.now();
    this.#sweptAt = now;
    for (const [path, file] of this.#files) if (!file.isOpen) this.#files.delete(path);
    const isOpen = (path: string) => this.#files.get(path)?.isOpen ?? false;
    this.#sweeping = sweepLogs({ directory, maxBytes, maxAgeMs, now, isOpen })
      .catch((error: unknown) => {
        const message = `old event logs could not be deleted: ${String(error)}`;
        this.#report({ code: 'E_LOG_SWEEP', message, retryable: true });
      })
      .finally(() => (this.#sweeping = undefined));
    return this.#sweeping;
  }
}

const isTaken = (path: string): boolean => existsSync(path) || existsSync(`${path}${PACKED}`);
