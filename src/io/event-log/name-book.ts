import { asInPath } from './recorded-actors.ts';

/** Part of a word, next to which a name is only the beginning or end of another one. */
const wordCharacter = /[\p{L}\p{N}_-]/u;

/**
 * Names, each with the word that stands for it, and where they are in texts.
 *
 * A text is looked up by the lengths of the names that begin as it does: neither another name nor a text
 * costs more the more names there are. A pattern of them all would be made anew with each.
 */
export class NameBook {
  /** Oldest first. */
  readonly #words = new Map<string, string>();
  readonly #names = new Map<string, string>();
  /** As they stand in an actor's path, where that is another writing. */
  readonly #wordsInPaths = new Map<string, string>();
  /** How many writings are so long, by their first letter; longest first. */
  readonly #lengths = new Map<number | undefined, Map<number, number>>();

  get words(): ReadonlyMap<string, string> {
    return this.#words;
  }

  /** Whom a word stands for. */
  nameOf(word: string): string | undefined {
    return this.#names.get(word);
  }

  /** @param name not empty; one that is there already is the newest now. */
  add(name: string, word: string): void {
    const isKnown = this.#words.delete(name);
    this.#words.set(name, word);
    if (isKnown) return;
    this.#names.set(word, name);
    this.#countLength(name, 1);
    const inPath = asInPath(name);
    if (inPath === name) return;
    this.#wordsInPaths.set(inPath, word);
    this.#countLength(inPath, 1);
  }

  remove(name: string): void {
    const word = this.#words.get(name);
    if (word === undefined) return;
    this.#words.delete(name);
    this.#names.delete(word);
    this.#countLength(name, -1);
    const inPath = asInPath(name);
    if (this.#wordsInPaths.delete(inPath)) this.#countLength(inPath, -1);
  }

  /** The text with its names replaced, where they are whole words; of several the longest. */
  replaceIn(text: string): string {
    let replaced = '';
    let copied = 0;
    let index = 0;
    while (index < text.length) {
      const name = this.#nameAt(text, index);
      if (name === undefined) {
        index += lengthOfCharacter(text, index);
        continue;
      }
      replaced += text.slice(copied, index) + this.#wordOf(name);
      index += name.length;
      copied = index;
    }
    return copied === 0 ? text : replaced + text.slice(copied);
  }

  #nameAt(text: string, start: number): string | undefined {
    const lengths = this.#lengths.get(text.codePointAt(start));
    if (!lengths || isInWord(characterBefore(text, start))) return undefined;
    for (const length of lengths.keys()) {
      const end = start + length;
      if (end > text.length || isInWord(text.codePointAt(end))) continue;
      const written = text.slice(start, end);
      if (this.#words.has(written) || this.#wordsInPaths.has(written)) return written;
    }
    return undefined;
  }

  /** What is somebody's name as it is written is not another's in a path. */
  #wordOf(written: string): string {
    return this.#words.get(written) ?? this.#wordsInPaths.get(written) ?? written;
  }

  #countLength(writing: string, by: 1 | -1): void {
    const first = writing.codePointAt(0);
    const counts = new Map(this.#lengths.get(first));
    const count = (counts.get(writing.length) ?? 0) + by;
    if (count > 0) counts.set(writing.length, count);
    else counts.delete(writing.length);
    if (counts.size > 0) this.#lengths.set(first, new Map([...counts].sort(longestFirst)));
    else this.#lengths.delete(first);
  }
}

const longestFirst = ([one]: [number, number], [other]: [number, number]): number => other - one;

const isInWord = (character: number | undefined): boolean =>
  character !== undefined && wordCharacter.test(String.fromCodePoint(character));

/** A letter outside of the basic plane takes two units. */
const lengthOfCharacter = (text: string, index: number): number =>
  (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;

function characterBefore(text: string, index: number): number | undefined {
  const whole = text.codePointAt(index - 2);
  return whole !== undefined && whole > 0xffff ? whole : text.codePointAt(index - 1);
}
