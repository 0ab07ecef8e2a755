import { emitKeypressEvents } from 'node:readline';
import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../actors/ports.ts';
import type { Output } from './output.ts';
import type { Key } from './top-state.ts';

/** Where keys come from: a terminal, or a test. */
export type KeyInput = NodeJS.ReadableStream & {
  readonly isTTY?: boolean | undefined;
  readonly setRawMode?: (isRaw: boolean) => unknown;
};

/** A terminal that says when its size changes. */
export type ResizableOutput = Output & {
  readonly on: (event: 'resize', listener: () => void) => unknown;
  readonly off: (event: 'resize', listener: () => void) => unknown;
};

type TopTerminalOptions = {
  readonly input: KeyInput;
  readonly output: ResizableOutput;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly onKey: (key: Key) => void;
  readonly onResize: () => void;
};

/**
 * Esc begins what other keys send, too. Node waits half a second for the rest, which is a long time to go
 * back; a rest that comes at all comes with it, or over a slow line soon after.
 */
const ESCAPE_MS = 50;
const ESC = '\x1b';
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** The other screen, without a cursor, where a line that is too long does not wrap. */
const enter = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
const leave = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const toLine = (row: number): string => `\x1b[${row};1H`;
const clearToEndOfLine = '\x1b[K';
const clearBelow = '\x1b[J';

/** The whole of a terminal, for as long as it is open; what stood there before comes back afterwards. */
export class TopTerminal {
  readonly #options: TopTerminalOptions;
  #isOpen = false;
  /** What is on the screen: only lines that differ are written. */
  #painted: readonly string[] = [];

  readonly #keys = new PassThrough();
  /** The bytes of one letter may come apart. */
  readonly #decoder = new StringDecoder('utf8');
  #escapeTimer: unknown;
  #isEscapePending = false;

  readonly #onData = (chunk: Buffer): void => {
    const { clock, onKey } = this.#options;
    const text = `${this.#isEscapePending ? ESC : ''}${this.#decoder.write(chunk)}`;
    clock.clearTimeout(this.#escapeTimer);
    this.#isEscapePending = text === ESC;
    if (!this.#isEscapePending) {
      this.#keys.write(text);
      return;
    }
    this.#escapeTimer = clock.setTimeout(() => {
      this.#isEscapePending = false;
      onKey({ name: 'escape' });
    }, ESCAPE_MS);
  };
  readonly #onKeypress = (_text: string | undefined, key: Key): void => this.#options.onKey(key);
  readonly #onResize = (): void => {
    this.#painted = [];
    this.#options.output.write('\x1b[2J');
    this.#options.onResize();
  };

  constructor(options: TopTerminalOptions) {
    this.#options = options;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    const { columns, rows } = this.#options.output;
    // A terminal that does not know says 0.
    return { columns: columns || DEFAULT_COLUMNS, rows: rows || DEFAULT_ROWS };
  }

  open(): void {
    const { input, output } = this.#options;
    this.#isOpen = true;
    output.write(enter);
    output.on('resize', this.#onResize);
    emitKeypressEvents(this.#keys);
    this.#keys.on('keypress', this.#onKeypress);
    input.setRawMode?.(true);
    input.on('data', this.#onData);
    input.resume();
  }

  paint(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    const changed = lines.flatMap((line, index) =>
      line === this.#painted[index] ? [] : [`${toLine(index + 1)}${line}${clearToEndOfLine}`],
    );
    const rest = lines.length < this.#painted.length ? toLine(lines.length + 1) + clearBelow : '';
    if (changed.length > 0 || rest !== '') this.#options.output.write(changed.join('') + rest);
    this.#painted = lines;
  }

  /** Gives the terminal back as it was. Harmless when repeated. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { input, output, clock } = this.#options;
    clock.clearTimeout(this.#escapeTimer);
    output.off('resize', this.#onResize);
    input.off('data', this.#onData);
    this.#keys.destroy();
    input.setRawMode?.(false);
    input.pause();
    output.write(leave);
  }
}
