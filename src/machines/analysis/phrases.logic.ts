/**
 * Finds phrases in what people said: whole words, whatever their case, diacritics and punctuation.
 *
 * Folding is Unicode's NFKD (UAX #15) without diacritics and without what nobody sees (soft hyphens, joiners,
 * marks of direction), whatever the case; everything but letters, marks and digits (categories L, M and N)
 * parts words. Where a script has no spaces between words each character is one. Time is linear in the text
 * for each phrase: nothing backtracks.
 */

/** Words with one space between them and around them all, and where each character came from. */
export type FoldedText = {
  readonly folded: string;
  /** For each code unit of `folded`, where it begins and ends in the text. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
};

/** Where something stands in a text, in UTF-16 code units. */
export type Span = { readonly start: number; readonly end: number };

const WORD = /[\p{L}\p{M}\p{N}]/u;
const MARK = /\p{M}/u;
/** A diacritic, but not the marks that make another letter of a kana; or nothing that anybody sees. */
const UNSEEN =
  /(?![\u3099\u309A])\p{Script=Inherited}|(?=\p{Script=Hebrew})\p{M}|\p{Default_Ignorable_Code_Point}/u;
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;

export function foldText(text: string): FoldedText {
  let folded = ' ';
  const starts = [0];
  const ends = [0];
  let offset = 0;
  let isUnspaced = false;
  const put = (piece: string, end: number): void => {
    folded += piece;
    for (let unit = 0; unit < piece.length; unit += 1) {
      starts.push(offset);
      ends.push(end);
    }
  };
  const part = (): void => {
    if (!folded.endsWith(' ')) put(' ', offset);
  };
  for (const character of text) {
    const end = offset + character.length;
    for (const piece of foldCase(character.normalize('NFKD'))) {
      if (UNSEEN.test(piece)) {
        // It belongs to the letter before it.
        ends[ends.length - 1] = end;
      } else if (WORD.test(piece)) {
        const isLetter = !MARK.test(piece);
        if (isLetter && (isUnspaced || UNSPACED.test(piece))) part();
        if (isLetter) isUnspaced = UNSPACED.test(piece);
        put(piece, end);
      } else {
        part();
      }
    }
    offset = end;
  }
  part();
  return { folded, starts, ends };
}

/** Twice lower: a final sigma, a dotless i and a sharp s differ from what they are in upper case. */
const foldCase = (text: string): string => text.toLowerCase().toUpperCase().toLowerCase();

/** Whether there is a word in it at all. */
export const hasWords = (phrase: string): boolean => foldText(phrase).folded !== ' ';

/** Where the first of the phrases stands that is in the text; null where none is. */
export function findPhrase(
  { folded, starts, ends }: FoldedText,
  phrases: readonly string[],
): Span | null {
  for (const wanted of foldedOnce(phrases)) {
    const found = wanted === ' ' ? -1 : folded.indexOf(wanted);
    const start = starts[found + 1];
    const end = ends[found + wanted.length - 2];
    if (found >= 0 && start !== undefined && end !== undefined) return { start, end };
  }
  return null;
}

const foldedPhrases = new WeakMap<readonly string[], readonly string[]>();

/** The phrases of a rule never change, and folding those of 50 rules for each item took 40 ms. */
function foldedOnce(phrases: readonly string[]): readonly string[] {
  const known = foldedPhrases.get(phrases);
  if (known) return known;
  const folded = phrases.map((phrase) => foldText(phrase).folded);
  foldedPhrases.set(phrases, folded);
  return folded;
}
