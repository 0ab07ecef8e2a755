import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { GreenroomError } from '../errors.ts';
import { openLogFile } from './log-source.ts';

const NEWLINE = 0x0a;
/** A log is made of lines far shorter than this: whatever is longer is no log, and is not read to its end. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Some lines of a part as they stand there, which are taken one after the other.
 *
 * They stay one text until then: where somebody knows what the next line says, no string is made of it.
 */
export class TextBatch {
  readonly path: string;
  readonly #bytes: Buffer;
  readonly #text: string;
  readonly #firstLine: number;
  readonly #firstByte: number;
  /** Undefined until somebody asks. */
  #isText: boolean | undefined;
  /** Where the next line begins in the text. */
  #next = 0;
  #taken = 0;

  constructor(path: string, bytes: Buffer, before: TextBatch | undefined) {
    before?.skipAll();
    this.path = path;
    this.#bytes = bytes;
    this.#firstLine = before ? before.nextLine : 1;
    this.#firstByte = before ? before.#firstByte + before.#bytes.length : 0;
    this.#text = bytes.toString();
  }

  get sizeBytes(): number {
    return this.#bytes.length;
  }

  /** The number of the line that was taken last; the first of a file is 1. */
  get line(): number {
    return this.nextLine - 1;
  }

  get nextLine(): number {
    return this.#firstLine + this.#taken;
  }

  get hasNext(): boolean {
    return this.#next < this.#text.length;
  }

  /** Whether the next line begins so. */
  begins(text: string): boolean {
    return this.#text.startsWith(text, this.#next);
  }

  /** Whether the next line has not been written to its end: no beginning of a line is JSON. */
  get isTorn(): boolean {
    if (this.#text.includes('\n', this.#next)) return false;
    try {
      JSON.parse(this.#text.slice(this.#next));
      return false;
    } catch {
      return true;
    }
  }

  skip(): void {
    this.#pass(this.#endOfNext());
  }

  skipAll(): void {
    while (this.hasNext) this.skip();
  }

  /** Takes the next line. Throws `E_LOG_FORMAT` where it is no text: other characters stand in its place else. */
  take(): string {
    const begin = this.#next;
    const end = this.#endOfNext();
    this.#pass(end);
    this.#isText ??= isUtf8(this.#bytes);
    if (!this.#isText && !isUtf8(this.#bytesOfLast())) {
      throw new GreenroomError('E_LOG_FORMAT', 'found bytes that are no UTF-8, expected text');
    }
    return this.#text.slice(begin, end);
  }

  /** Takes the next line where it says just this, and returns whether it does. */
  takeIf(text: string): boolean {
    const end = this.#next + text.length;
    if (!this.begins(text) || this.#text.charCodeAt(end) !== NEWLINE) return false;
    this.#isText ??= isUtf8(this.#bytes);
    if (!this.#isText) return false;
    this.#pass(end);
    return true;
  }

  /** An error about the line that was taken last, which names the file, the line and where in the file it begins. */
  error(message: string): GreenroomError {
    const byte = this.#firstByte + this.#startOf(this.#taken - 1);
    return formatError(this.path, this.line, byte, message);
  }

  #endOfNext(): number {
    const end = this.#text.indexOf('\n', this.#next);
    return end < 0 ? this.#text.length : end;
  }

  #pass(end: number): void {
    this.#next = end + 1;
    this.#taken += 1;
  }

  #bytesOfLast(): Buffer {
    return this.#bytes.subarray(this.#startOf(this.#taken - 1), this.#startOf(this.#taken));
  }

  /** Counted in bytes, since characters do not tell where bytes are that are no text. */
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
      begun.skip();
      throw begun.error(`a line of more than ${MAX_LINE_BYTES} bytes, which no log has`);
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
