import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { GreenroomError } from '../errors.ts';
import { openLogFile } from './log-source.ts';

const NEWLINE = 0x0a;
/** A log is made of lines far shorter than this: whatever is longer is no log, and is not read to its end. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Some lines of a part as they stand there, without their ends. */
export class TextBatch {
  readonly path: string;
  readonly texts: readonly string[];
  /** Whether the last line has its end: a process that is killed may leave it torn. */
  readonly isWhole: boolean;
  readonly #bytes: Buffer;
  readonly #firstLine: number;
  readonly #firstByte: number;
  /** Undefined until somebody asks. */
  #isText: boolean | undefined;

  constructor(path: string, bytes: Buffer, before: TextBatch | undefined) {
    this.path = path;
    this.#bytes = bytes;
    this.#firstLine = before ? before.lineOf(before.texts.length) : 1;
    this.#firstByte = before ? before.#firstByte + before.#bytes.length : 0;
    this.isWhole = bytes.at(-1) === NEWLINE;
    this.texts = bytes.toString('utf8', 0, bytes.length - (this.isWhole ? 1 : 0)).split('\n');
  }

  /** The first line of a file is 1. */
  lineOf(index: number): number {
    return this.#firstLine + index;
  }

  /** Throws `E_LOG_FORMAT` where the line is no text: other characters stand in its place else. */
  textAt(index: number): string {
    this.#isText ??= isUtf8(this.#bytes);
    if (
      !this.#isText &&
      !isUtf8(this.#bytes.subarray(this.#startOf(index), this.#startOf(index + 1)))
    ) {
      throw new GreenroomError('E_LOG_FORMAT', 'found bytes that are no UTF-8, expected text');
    }
    return this.texts[index] ?? '';
  }

  /** Whether the line has not been written to its end: no beginning of a line is JSON. */
  isTornAt(index: number): boolean {
    if (this.isWhole || index < this.texts.length - 1) return false;
    try {
      JSON.parse(this.texts[index] ?? '');
      return false;
    } catch {
      return true;
    }
  }

  /** An error about one of the lines, which names the file, the line and where in the file it begins. */
  errorAt(index: number, message: string): GreenroomError {
    const byte = this.#firstByte + this.#startOf(index);
    return formatError(this.path, this.lineOf(index), byte, message);
  }

  #startOf(index: number): number {
    let start = 0;
    for (let line = 0; line < index; line += 1) {
      const end = this.#bytes.indexOf(NEWLINE, start);
      if (end < 0) return this.#bytes.length;
      start = end + 1;
    }
    return start;
  }
}

/**
 * Reads the lines of one part, as many at a time as a piece of the file holds: a turn for each would cost
 * more than reading it.
 *
 * Holds one line at most, and one piece of the file. Throws `E_LOG_FORMAT` where it is a folder or a line
 * has no end, and the system's error where it cannot be read.
 */
export async function* readTexts(path: string): AsyncGenerator<TextBatch> {
  if (await isFolder(path)) {
    throw new GreenroomError('E_LOG_FORMAT', `${path} is a folder, where a log file was expected`);
  }
  let last: TextBatch | undefined;
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const piece of openLogFile(path)) {
    const end = piece.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      last = new TextBatch(path, Buffer.concat([...rest, piece.subarray(0, end)]), last);
      yield last;
      rest = [];
      restBytes = 0;
    }
    rest.push(piece.subarray(end));
    restBytes += piece.length - end;
    if (restBytes > MAX_LINE_BYTES) {
      const begun = new TextBatch(path, Buffer.concat(rest), last);
      throw begun.errorAt(0, `a line of more than ${MAX_LINE_BYTES} bytes, which no log has`);
    }
  }
  if (restBytes > 0) yield new TextBatch(path, Buffer.concat(rest), last);
}

/** Undefined files and such are the opener's to tell of: it knows the packed ones, too. */
const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

export const formatError = (
  path: string,
  line: number,
  byte: number,
  message: string,
): GreenroomError =>
  new GreenroomError('E_LOG_FORMAT', `${basename(path)}:${line} (byte ${byte}): ${message}`);
