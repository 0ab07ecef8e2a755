import type { Clock } from '../../actors/ports.ts';
import { describeChanges } from './live-changes.ts';
import type { LiveFrame } from './live-frame.ts';
import { renderLive } from './live-view.ts';
import type { Output } from './output.ts';

type LivePainterOptions = {
  readonly output: Output;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly read: () => LiveFrame;
  /** Redraw in place; else write a line for each change. */
  readonly isTty: boolean;
  readonly hasColour: boolean;
};

/** Five times a second: quick enough for a level bar, slow enough for a terminal far away. */
const FRAME_MS = 200;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const clearToEndOfLine = '\x1b[K';
const clearBelow = '\x1b[J';
const up = (lines: number): string => (lines > 0 ? `\x1b[${lines}A` : '');

/** Shows frames on a terminal or in a file, until stopped. */
export class LivePainter {
  readonly #options: LivePainterOptions;
  #timer: unknown;
  #isRunning = false;
  #paintedLines = 0;
  #previous: LiveFrame | null = null;

  constructor(options: LivePainterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    if (this.#options.isTty) this.#options.output.write(hideCursor);
    this.#next();
  }

  /** Shows the last frame and gives the terminal back as it was. Harmless when repeated. */
  stop(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#options.clock.clearTimeout(this.#timer);
    this.#show();
    if (this.#options.isTty) this.#options.output.write(showCursor);
  }

  #next(): void {
    this.#show();
    this.#timer = this.#options.clock.setTimeout(() => this.#next(), FRAME_MS);
  }

  #show(): void {
    const frame = this.#options.read();
    const { output, isTty } = this.#options;
    if (isTty) {
      this.#redraw(frame);
    } else {
      const changes = describeChanges(this.#previous, frame);
      if (changes.length > 0) output.write(`${changes.join('\n')}\n`);
    }
    this.#previous = frame;
  }

  #redraw(frame: LiveFrame): void {
    const { output, hasColour } = this.#options;
    const lines = renderLive(frame, {
      columns: output.columns ?? DEFAULT_COLUMNS,
      // The cursor stands below the last line: with a full screen the first would scroll away.
      rows: (output.rows ?? DEFAULT_ROWS) - 1,
      hasColour,
    });
    const drawn = lines.map((line) => `${line}${clearToEndOfLine}\n`).join('');
    output.write(`${up(this.#paintedLines)}\r${drawn}${clearBelow}`);
    this.#paintedLines = lines.length;
  }
}
