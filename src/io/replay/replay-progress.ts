import { basename } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import { PACKED } from '../event-log/log-source.ts';
import type { RunReplayOptions } from './replay-options.ts';
import type { FoundLog } from './find-logs.ts';

/** So much of all bytes is worth a line where nothing can be drawn over. */
const LINE_SHARE = 0.1;
const BAR_COLUMNS = 30;
const MEBIBYTE = 2 ** 20;

/** Tells how far a walk over logs is: one bar on a terminal, ten lines at most elsewhere. */
export class ReplayProgress {
  readonly #notices: RunReplayOptions['notices'];
  readonly #logs: number;
  readonly #totalBytes: number;
  readonly #bar: SingleBar | null;
  #log: FoundLog | undefined;
  /** Of that log. */
  #readBytes = 0;
  #doneBytes = 0;
  #doneLogs = 0;
  #toldShare = 0;

  constructor(notices: RunReplayOptions['notices'], logs: readonly FoundLog[]) {
    this.#notices = notices;
    this.#logs = logs.length;
    this.#totalBytes = logs.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#bar = notices.isTTY === true ? this.#startBar(notices) : null;
  }

  begin(log: FoundLog): void {
    this.#log = log;
    this.#readBytes = 0;
    this.#bar?.update({ log: basename(log.path), done: this.#doneLogs });
  }

  /** A piece of the log was read. What was packed is bigger than its file: such a log counts at its end. */
  readonly read = (bytes: number): void => {
    if (!this.#log || this.#log.path.endsWith(PACKED)) return;
    // It may be read more than once.
    this.#readBytes = Math.min(this.#log.bytes, this.#readBytes + bytes);
    this.#tell(this.#doneBytes + this.#readBytes);
  };

  end({ bytes }: FoundLog): void {
    this.#doneBytes += bytes;
    this.#doneLogs += 1;
    this.#log = undefined;
    this.#tell(this.#doneBytes);
  }

  /** Leaves nothing of the bar. */
  stop(): void {
    this.#bar?.stop();
  }

  #startBar(stream: NodeJS.WritableStream): SingleBar {
    const bar = new SingleBar(
      {
        format: '{bar} {percentage} %  {value} of {total} MiB  {done} of {logs} logs  {log}',
        stream,
        barsize: BAR_COLUMNS,
        clearOnComplete: true,
        hideCursor: true,
        // The command itself listens for signals.
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
    bar.start(toMebibytes(this.#totalBytes), 0, { done: 0, logs: this.#logs, log: '' });
    return bar;
  }

  #tell(bytes: number): void {
    if (this.#bar) this.#bar.update(toMebibytes(bytes), { done: this.#doneLogs });
    else this.#tellLine(bytes);
  }

  #tellLine(bytes: number): void {
    const share = this.#totalBytes === 0 ? 1 : bytes / this.#totalBytes;
    const isDone = this.#doneLogs === this.#logs;
    if (isDone || share < this.#toldShare + LINE_SHARE) return;
    this.#toldShare = share;
    const percent = Math.floor(share * 100);
    this.#notices.write(`${this.#doneLogs} of ${this.#logs} logs, ${percent} % of their bytes\n`);
  }
}

const toMebibytes = (bytes: number): number => Math.round((bytes / MEBIBYTE) * 10) / 10;
