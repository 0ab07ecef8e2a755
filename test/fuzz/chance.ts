import type { Random } from '../../src/actors/ports.ts';

/** Draws of one seed. */
export class Chance {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  happens(probability: number): boolean {
    return this.#random() < probability;
  }

  /** A whole number from the least to the most, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  /** @throws where there is nothing to choose from. */
  oneOf<T>(choices: readonly T[]): T {
    const choice = this.anyOf(choices);
    if (choice === undefined) throw new Error('There is nothing to choose from.');
    return choice;
  }

  anyOf<T>(choices: readonly T[]): T | undefined {
    return choices[Math.floor(this.#random() * choices.length)];
  }

  /** One of the values, each as likely as its weight says. */
  weighed<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    const sum = choices.reduce((total, [weight]) => total + weight, 0);
    let left = this.#random() * sum;
    for (const [weight, value] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    return this.oneOf(choices.map(([, value]) => value));
  }
}
