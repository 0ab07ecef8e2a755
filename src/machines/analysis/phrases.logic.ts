/**
 * Finds phrases in what people said: whole words, whatever their case, diacritics and punctuation.
 *
 * Folding is Unicode's NFKD (UAX #15) without diacritics and without what nobody sees (soft hyphens, joiners,
 * marks of direction), whatever the case; everything but letters, marks and digits (categories L, M and N)
 * parts words. Where a script has no spaces between words each character is one. All phrases are looked for
 * at once, in time that grows with the words of the text and those of the longest phrase, however many
 * phrases there are.
 */

/** Where something stands in a text, in UTF-16 code units. */
export type Span = { readonly start: number; readonly end: number };

/** A word as it is compared, and where it stands. */
export type FoldedWord = Span & { readonly folded: string };

/** Somebody's phrases, of which those are meant first that stand first. */
export type Phrased = { readonly phrases: readonly string[] };

const WORD = /[\p{L}\p{M}\p{N}]/u;
const MARK = /\p{M}/u;
/** A diacritic, but not the marks that make another letter of a kana; or nothing that anybody sees. */
const UNSEEN =
  /(?![\u3099\u309A])\p{Script=Inherited}|(?=\p{Script=Hebrew})\p{M}|\p{Default_Ignorable_Code_Point}/u;
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;

export function foldText(text: string): readonly FoldedWord[] {
  const words: { folded: string; start: number; end: number }[] = [];
  let offset = 0;
  let isWithinWord = false;
  let isUnspaced = false;
  for (const character of text) {
    const end = offset + character.length;
    for (const piece of foldCase(character.normalize('NFKD'))) {
      const word = isWithinWord ? words.at(-1) : undefined;
      if (UNSEEN.test(piece)) {
        // It belongs to the letter before it.
        if (word) word.end = end;
        continue;
      }
      isWithinWord = WORD.test(piece);
      if (!isWithinWord) continue;
      const isLetter = !MARK.test(piece);
      const isApart = isLetter && (isUnspaced || UNSPACED.test(piece));
      if (isLetter) isUnspaced = UNSPACED.test(piece);
      if (word && !isApart) {
        word.folded += piece;
        word.end = end;
      } else {
        words.push({ folded: piece, start: offset, end });
      }
    }
    offset = end;
  }
  return words;
}

/** Twice lower: a final sigma, a dotless i and a sharp s differ from what they are in upper case. */
const foldCase = (text: string): string => text.toLowerCase().toUpperCase().toLowerCase();

/** Whether there is a word in it at all. */
export const hasWords = (phrase: string): boolean => foldText(phrase).length > 0;

/**
 * Where the first phrase stands that is in the text, of each whose phrases are.
 *
 * @param owners the same array each time: what is made of it is kept with it.
 */
export function findPhrases(
  words: readonly FoldedWord[],
  owners: readonly Phrased[],
): ReadonlyMap<Phrased, Span> {
  const tree = treeOf(owners);
  const found = new Map<Phrased, Span & { readonly rank: number }>();
  for (const [index, { folded, start }] of words.entries()) {
    let branch = tree.next.get(folded);
    for (let last = index; branch; last += 1) {
      const end = words[last]?.end ?? start;
      for (const [owner, rank] of branch.ranks) {
        if (rank < (found.get(owner)?.rank ?? Infinity)) found.set(owner, { start, end, rank });
      }
      branch = branch.next.get(words[last + 1]?.folded ?? '');
    }
  }
  return found;
}

/** The phrases that begin with the same words. */
type Branch = {
  readonly next: Map<string, Branch>;
  /** Whose phrase ends here, and which of theirs it is. */
  readonly ranks: Map<Phrased, number>;
};

const trees = new WeakMap<readonly Phrased[], Branch>();

/** The phrases of rules never change, and folding those of 50 for each item took 40 ms. */
function treeOf(owners: readonly Phrased[]): Branch {
  const known = trees.get(owners);
  if (known) return known;
  const tree = newBranch();
  for (const owner of owners) {
    for (const [rank, phrase] of owner.phrases.entries()) grow(tree, { owner, rank, phrase });
  }
  trees.set(owners, tree);
  return tree;
}

const newBranch = (): Branch => ({ next: new Map(), ranks: new Map() });

function grow(
  tree: Branch,
  { owner, rank, phrase }: { owner: Phrased; rank: number; phrase: string },
): void {
  let branch = tree;
  for (const { folded } of foldText(phrase)) {
    const grown = branch.next.get(folded) ?? newBranch();
    branch.next.set(folded, grown);
    branch = grown;
  }
  if (!branch.ranks.has(owner)) branch.ranks.set(owner, rank);
}
