import type { Clock } from '../actors/ports.ts';

/** Says something; `repeats` is how often it was held back since the last time. */
type Say = (repeats: number) => void;

type Window = { repeats: number; say: Say; timer: unknown };

type RepeatLimiterOptions = {
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly windowMs: number;
  /** How many different things are told apart; beyond it the oldest window is closed early. */
  readonly maxKeys: number;
};

/**
 * Keeps a warning that repeats itself from filling the log.
 *
 * The first of its key is said at once, those within `windowMs` are counted and said once, with
 * their number, at the end of the window.
 */
export class RepeatLimiter {
  readonly #options: RepeatLimiterOptions;
  readonly #windows = new Map<string, Window>();

  constructor(options: RepeatLimiterOptions) {
    this.#options = options;
  }

  say(key: string, say: Say): void {
    const window = this.#windows.get(key);
    if (window) {
      window.repeats += 1;
      window.say = say;
      return;
    }
    this.#makeRoom();
    this.#open(key, say);
    say(0);
  }

  /** Says what is still held back, and forgets everything. */
  close(): void {
    for (const key of [...this.#windows.keys()]) this.#end(key);
  }

  #open(key: string, say: Say): void {
    const timer = this.#options.clock.setTimeout(() => {
      // What goes on repeating itself goes on being limited.
      if (this.#end(key) > 0) this.#open(key, say);
    }, this.#options.windowMs);
    this.#windows.set(key, { repeats: 0, say, timer });
  }

  #end(key: string): number {
    const window = this.#windows.get(key);
    if (!window) return 0;
    this.#options.clock.clearTimeout(window.timer);
    this.#windows.delete(key);
    if (window.repeats > 0) window.say(window.repeats);
    return window.repeats;
  }

  #makeRoom(): void {
    const [oldest] = this.#windows.keys();
    if (oldest !== undefined && this.#windows.size >= this.#options.maxKeys) this.#end(oldest);
  }
}
