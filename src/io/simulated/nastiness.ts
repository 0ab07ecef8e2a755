import type { Random } from '../../actors/ports.ts';

/**
 * How much worse than an ordinary server a simulated one is: 0 not at all, 1 as bad as it may be.
 *
 * What it may do to an agent, each of which a real room has done or could do:
 * - hold back all that is told for up to half a second, then tell it in one go;
 * - tell of somebody up to a second after the server's list knows, also after their tracks were
 *   published, and tell of a join twice;
 * - tell tracks in another order than they were published in, and up to half a second late;
 * - tell up to three seconds late that somebody is active;
 * - fail a subscription, or take up to two seconds for it;
 * - tell a quality that has not changed;
 * - name somebody among the speakers who has left;
 * - hold back audio frames for up to half a second, then deliver them in one go;
 * - take up to a second more for a join.
 *
 * What it never does, because the real one never does and machines may rely on it: the rules of
 * `RoomClient`. Facts keep the order join, publish, subscribe and the order of their endings; nobody
 * has two connections at once; a connection becomes active at most once; data arrives in order and once.
 */
export class Nastiness {
  readonly #degree: number;
  readonly #random: Random;

  constructor(degree: number, random: Random) {
    this.#degree = degree;
    this.#random = random;
  }

  /** @param chance of it happening at full nastiness, 0 to 1. */
  strikes(chance: number): boolean {
    return this.#random() < chance * this.#degree;
  }

  /** In whole milliseconds, up to the longest; mostly 0. */
  delayMs(chance: number, longestMs: number): number {
    return this.strikes(chance) ? Math.ceil(this.#random() * longestMs) : 0;
  }
}
