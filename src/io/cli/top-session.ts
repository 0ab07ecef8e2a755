import type { Clock } from '../../actors/ports.ts';
import type { ActorAddress } from '../inspect/protocol.ts';
import type { LinkState } from '../inspect/relay-link.ts';
import type { LiveModel } from './live-model.ts';
import { renderTop, type TopScreen } from './top-screen.ts';
import { press, type Key, type TopState } from './top-state.ts';
import { TopTerminal, type KeyInput, type ResizableOutput } from './top-terminal.ts';

type TopSessionOptions = {
  readonly input: KeyInput;
  readonly output: ResizableOutput;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly hasColour: boolean;
  readonly state: TopState;
  readonly model: LiveModel;
  readonly link: () => LinkState;
  /** At the beginning, and whenever something else is looked at. */
  readonly onLook: (detail: ActorAddress | null, isPaused: boolean) => void;
  readonly onQuit: () => void;
  /** The terminal cannot be drawn on; it is to be stopped. */
  readonly onFault: (cause: unknown) => void;
};

const FRAME_MS = 200;

/** One person at a terminal: draws what the model says, and does what keys ask for. */
export class TopSession {
  readonly #options: TopSessionOptions;
  readonly #terminal: TopTerminal;
  #state: TopState;
  #screen: TopScreen | null = null;
  #timer: unknown;

  constructor(options: TopSessionOptions) {
    const { input, output, clock } = options;
    this.#options = options;
    this.#state = options.state;
    this.#terminal = new TopTerminal({
      input,
      output,
      clock,
      onKey: (key) => this.#guard(() => this.#press(key)),
      onResize: () => this.#guard(() => this.#draw()),
    });
  }

  start(): void {
    this.#options.onLook(null, false);
    this.#terminal.open();
    this.#next();
  }

  /** Gives the terminal back as it was. Harmless when repeated. */
  stop(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#terminal.close();
  }

  #next(): void {
    this.#timer = this.#options.clock.setTimeout(() => this.#next(), FRAME_MS);
    this.#guard(() => this.#draw());
  }

  #press(key: Key): void {
    if (!this.#screen) return;
    const before = this.#state;
    const after = press(before, key, this.#screen.shown);
    if (!after) {
      this.#options.onQuit();
      return;
    }
    this.#state = after;
    const { model, onLook } = this.#options;
    if (after.detail !== before.detail) model.forgetDetail();
    if (after.detail !== before.detail || after.isPaused !== before.isPaused) {
      onLook(after.detail, after.isPaused);
    }
    this.#draw();
  }

  #draw(): void {
    const { model, link, hasColour } = this.#options;
    const screen = { ...this.#terminal.size, hasColour };
    this.#screen = renderTop({ state: this.#state, model, link: link() }, screen);
    this.#state = { ...this.#state, cursor: this.#screen.cursor };
    this.#terminal.paint(this.#screen.lines);
  }

  /** A mistake in a view must not leave the terminal as nobody can use it. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (cause) {
      this.stop();
      this.#options.onFault(cause);
    }
  }
}
