/** A shorter identity is part of too many words. */
const LEAST_CONCEALED_CHARS = 3;

/** Calls the participants of one request P1, P2 and so on, and knows who they are. */
export class Pseudonyms {
  readonly #byIdentity = new Map<string, string>();
  readonly #byPseudonym = new Map<string, string>();
  readonly #identities: RegExp | null;

  constructor(identities: readonly string[]) {
    for (const identity of identities) {
      // Nobody in particular.
      if (identity === '' || this.#byIdentity.has(identity)) continue;
      const pseudonym = `P${this.#byIdentity.size + 1}`;
      this.#byIdentity.set(identity, pseudonym);
      this.#byPseudonym.set(pseudonym, identity);
    }
    this.#identities = patternOf([...this.#byIdentity.keys()]);
  }

  /** Null for nobody in particular. */
  of(identity: string): string | null {
    return this.#byIdentity.get(identity) ?? null;
  }

  /** The text with pseudonyms for identities, where they stand as words of their own. */
  conceal(text: string): string {
    if (this.#identities === null) return text;
    return text.replaceAll(this.#identities, (identity) => this.of(identity) ?? identity);
  }

  /** The text with identities for pseudonyms. */
  reveal(text: string): string {
    return text.replaceAll(/\bP\d+\b/g, (pseudonym) => this.identityOf(pseudonym) ?? pseudonym);
  }

  identityOf(pseudonym: string): string | undefined {
    return this.#byPseudonym.get(pseudonym);
  }
}

/** The longest first: one may be the beginning of another. */
function patternOf(identities: readonly string[]): RegExp | null {
  const words = identities
    .filter(({ length }) => length >= LEAST_CONCEALED_CHARS)
    .toSorted((one, other) => other.length - one.length)
    .map((identity) => identity.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return words.length === 0
    ? null
    : new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${words.join('|')})(?![\p{L}\p{N}_])`, 'gu');
}
