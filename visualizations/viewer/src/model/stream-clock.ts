/** A silent stream is not trusted for longer: it may be broken, and what is shown would be made up. */
const MAX_AHEAD_MS = 5_000;
/** The share of a message's delay that is believed: messages are late by chance, clocks drift slowly. */
const TRUST = 0.1;
/** More than a late message: the stream went elsewhere. */
const JUMP_MS = 1_000;

/**
 * The clock of what is inspected, read between its messages.
 *
 * Only how long it is since a message comes from the page's side: its own clock may be wrong, and a
 * recording lives at another time anyway.
 */
export class StreamClock {
  #offsetMs = 0;
  #lastAt = 0;

  /**
   * @param at time of a message, in epoch milliseconds of what is inspected
   * @param localMs `performance.now()` as it came
   */
  hear(at: number, localMs: number): void {
    const errorMs = at - localMs - this.#offsetMs;
    this.#offsetMs += Math.abs(errorMs) > JUMP_MS ? errorMs : errorMs * TRUST;
    this.#lastAt = at;
  }

  /** Epoch milliseconds of what is inspected; it stands still where the stream is silent for 5 s. */
  read(localMs: number): number {
    return Math.min(localMs + this.#offsetMs, this.#lastAt + MAX_AHEAD_MS);
  }
}
