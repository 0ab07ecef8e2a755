import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GreenroomError } from '../errors.ts';
import { LineOrder } from './line-order.ts';
import type { FileLine, HeadLine } from './log-line.ts';
import { LineDecoder } from './log-line.codec.ts';
import { readLogName } from './log-source.ts';
import { formatError, readTexts, type TextBatch } from './part-texts.ts';

/** The writer was killed within its last line; all lines before are whole. */
export type TornLine = { readonly kind: 'torn' };

/** A line of a log file; the first is 1. */
export type LogPosition = { readonly file: string; readonly line: number };

/** Says what the next line should be, where somebody knows: written just so, it needs no decoding. */
export type Foresee = () => FileLine | undefined;

/** Decodes a line when it is asked for. */
export type LineBatch = {
  /** Undefined where none is left. */
  readonly next: () => FileLine | TornLine | undefined;
};

export type ReadOptions = {
  /** Aborted, the reading throws its reason. */
  readonly signal?: AbortSignal;
  /** Is told of each piece that is read how many bytes of text it has. */
  readonly onRead?: (bytes: number) => void;
};

/**
 * Reads the lines of one log, from its first part to its last.
 *
 * @param path of any part, such as `AJ_x.1.jsonl`, packed or not; a file of another name is read alone.
 */
export const readLog = (path: string, options: ReadOptions = {}): LogReader =>
  new LogReader(path, options);

/**
 * The lines of one log. May be read more than once, and holds a piece of a file at a time.
 *
 * Iterating throws `E_LOG_FORMAT`, which names file, line and byte, what was found and what was expected,
 * and the system's error where a file cannot be read. A last line that is torn becomes a `torn` line.
 */
export class LogReader implements AsyncIterable<FileLine | TornLine> {
  readonly #path: string;
  readonly #signal: AbortSignal | undefined;
  readonly #onRead: ((bytes: number) => void) | undefined;
  #batch: TextBatch | undefined;

  constructor(path: string, { signal, onRead }: ReadOptions) {
    this.#path = path;
    this.#signal = signal;
    this.#onRead = onRead;
  }

  /** Where the line stands that was given last; undefined before the first. */
  get position(): LogPosition | undefined {
    return this.#batch && { file: this.#batch.path, line: this.#batch.line };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FileLine | TornLine> {
    for await (const lines of this.batches()) {
      for (let line = lines.next(); line; line = lines.next()) yield line;
    }
  }

  /**
   * The lines in batches, because a turn of the event loop for each costs more than reading it. What is
   * left of a batch is lost when the next one is asked for.
   *
   * @param foresee is asked for what should come next; a line that is the same is not decoded, and what
   *   was foreseen given in its place.
   */
  async *batches(foresee: Foresee = () => undefined): AsyncGenerator<LineBatch> {
    const order = new LineOrder();
    const paths = await findParts(this.#path);
    let first: HeadLine | undefined;
    for (const [index, path] of paths.entries()) {
      const isLast = index === paths.length - 1;
      const part = new Part({ foresee, order, isLast });
      for await (const batch of readTexts(path)) {
        this.#signal?.throwIfAborted();
        this.#batch = batch;
        this.#onRead?.(batch.sizeBytes);
        if (part.head === undefined) {
          // A process that is killed may leave a last part with no more than half a head.
          if (first && isLast && batch.isTorn) {
            yield oneLine({ kind: 'torn' });
            return;
          }
          const head = part.readHead(batch);
          if (first && (head.startedAt !== first.startedAt || head.part !== index + 1)) {
            const whole = basename(paths[0] ?? path);
            throw batch.error(`not part ${index + 1} of the log that ${whole} begins`);
          }
          if (!first) yield oneLine(head);
          first ??= head;
        }
        yield { next: () => (batch.hasNext ? part.readLine(batch) : undefined) };
      }
      // A process that is killed may leave a last part in which nothing stands yet.
      if (part.head === undefined && !(first && isLast)) {
        throw formatError(path, 1, 0, 'nothing, expected the head of a log');
      }
    }
  }
}

const oneLine = (line: FileLine | TornLine): LineBatch => {
  const lines = [line];
  return { next: () => lines.pop() };
};

/** One file of a log: what has to be known of it to read its next line. */
class Part {
  head: HeadLine | undefined;
  readonly #decoder = new LineDecoder();
  readonly #foresee: Foresee;
  /** Goes on from part to part. */
  readonly #order: LineOrder;
  readonly #isLast: boolean;

  constructor(options: {
    readonly foresee: Foresee;
    readonly order: LineOrder;
    readonly isLast: boolean;
  }) {
    this.#foresee = options.foresee;
    this.#order = options.order;
    this.#isLast = options.isLast;
  }

  readHead(batch: TextBatch): HeadLine {
    const line = this.#decode(batch);
    if (line.kind !== 'head') throw batch.error(`found "${line.kind}", expected a head`);
    this.head = line;
    return line;
  }

  readLine(batch: TextBatch): FileLine | TornLine {
    const foreseen = this.#foresee();
    if (foreseen && batch.takeIf(this.#decoder.textOf(foreseen))) {
      this.#decoder.keep(foreseen);
      return foreseen;
    }
    if (this.#isLast && batch.isTorn) {
      batch.skip();
      return { kind: 'torn' };
    }
    const line = this.#decode(batch);
    if (line.kind === 'head') throw batch.error('found a head, which begins a file');
    return line;
  }

  #decode(batch: TextBatch): FileLine {
    try {
      const line = this.#decoder.decode(batch.take());
      this.#order.check(line);
      return line;
    } catch (error) {
      if (error instanceof GreenroomError) throw batch.error(error.message);
      throw error;
    }
  }
}

/** The files of a log in their order, of which none may be missing. */
export async function findParts(path: string): Promise<string[]> {
  const stem = readLogName(basename(path))?.stem;
  if (stem === undefined) return [path];
  const folder = dirname(path);
  const pathByPart = new Map<number, string>();
  for (const name of await readdir(folder)) {
    const found = readLogName(name);
    if (found?.stem !== stem) continue;
    // A part that is being packed lies there twice; the plain one goes when the other is whole.
    if (!found.isPacked || !pathByPart.has(found.part))
      pathByPart.set(found.part, join(folder, name));
  }
  const parts = [...pathByPart].toSorted(([a], [b]) => a - b);
  const missing = parts.findIndex(([part], index) => part !== index + 1);
  if (parts.length === 0 || missing >= 0) {
    const name = `${stem}.${Math.max(missing, 0) + 1}.jsonl`;
    throw new GreenroomError('E_LOG_FORMAT', `${name} is missing in ${folder}`);
  }
  return parts.map(([, found]) => found);
}
