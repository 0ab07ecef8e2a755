/**
 * Finds phrases in what people said: whole words, whatever their case, diacritics and punctuation.
 *
 * Folding is Unicode's NFKD without marks (UAX #15), in lower case; everything but letters and digits
 * (categories L and N) parts words. Time is linear in the text for each phrase: nothing backtracks.
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

const WORD = /[\p{L}\p{N}]/u;
const MARK = /^\p{M}+$/u;

export function foldText(text: string): FoldedText {
  let folded = ' ';
  const starts = [0];
  const ends = [0];
  let offset = 0;
  for (const character of text) {
    const end = offset + character.length;
    const pieces = character.normalize('NFKD');
    // A mark belongs to the letter before it.
    if (MARK.test(pieces)) {
      ends[ends.length - 1] = end;
      offset = end;
      continue;
    }
    for (const piece of pieces.toLowerCase()) {
      const isWord = WORD.test(piece);
      if (!isWord && (folded.endsWith(' ') || MARK.test(piece))) continue;
      folded += isWord ? piece : ' ';
      for (let unit = 0; unit < (isWord ? piece.length : 1); unit += 1) {
        starts.push(offset);
        ends.push(end);
      }
    }
    offset = end;
  }
  if (!folded.endsWith(' ')) {
    folded += ' ';
    starts.push(offset);
    ends.push(offset);
  }
  return { folded, starts, ends };
}

/** Whether there is a word in it at all. */
export const hasWords = (phrase: string): boolean => foldText(phrase).folded !== ' ';

/** Where the first of the phrases stands that is in the text; null where none is. */
export function findPhrase(
  { folded, starts, ends }: FoldedText,
  phrases: readonly string[],
): Span | null {
  for (const phrase of phrases) {
    const wanted = foldText(phrase).folded;
    const found = wanted === ' ' ? -1 : folded.indexOf(wanted);
    const start = starts[found + 1];
    const end = ends[found + wanted.length - 2];
    if (found >= 0 && start !== undefined && end !== undefined) return { start, end };
  }
  return null;
}
