import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NameBook } from '../../../src/io/event-log/name-book.ts';

const SEED = 20_261_121;

const bookOf = (names: readonly string[]): NameBook => {
  const book = new NameBook();
  for (const name of names) book.add(name, `<${name}>`);
  return book;
};

/** The same by one pattern of all names, which is too dear to make anew with each. */
function replacedByPattern(text: string, names: readonly string[]): string {
  const words = new Map(names.map((name) => [name.replaceAll(/[%/]/g, encodeURIComponent), name]));
  for (const name of names) words.set(name, name);
  const escaped = [...words.keys()]
    .toSorted((a, b) => b.length - a.length)
    .map((name) => name.replaceAll(/[$()*+.?[\\\]^{|}/]/g, '\\$&'));
  const pattern = `(?<![\\p{L}\\p{N}_-])(?:${escaped.join('|')})(?![\\p{L}\\p{N}_-])`;
  return text.replaceAll(new RegExp(pattern, 'gu'), (written) => `<${words.get(written)}>`);
}

/** Few letters, so that names meet themselves, each other and their writings in paths. */
const unit = fc.constantFrom(
  'a',
  'b',
  '-',
  '_',
  ' ',
  '/',
  '%',
  '2',
  'F',
  '.',
  'ß',
  '𝒜',
  '\u{1f600}',
);

it('[LOG-30] replaces names as whole words, the longest first, also as they stand in paths', () => {
  const book = bookOf(['al', 'alice', 'alice smith', 'a/b']);
  expect(book.replaceIn('al, alice smith: alice, alicia, al-ice')).toBe(
    '<al>, <alice smith>: <alice>, alicia, al-ice',
  );
  expect(book.replaceIn('job/participant:a%2Fb/track')).toBe('job/participant:<a/b>/track');
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ unit, minLength: 1, maxLength: 4 }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.string({ unit, maxLength: 25 }),
      (names, text) => {
        expect(bookOf(names).replaceIn(text)).toBe(replacedByPattern(text, names));
      },
    ),
    { seed: SEED, numRuns: 2_000 },
  );
});

it('[LOG-34] replaces as if names that were removed had never been there', () => {
  const name = fc.string({ unit, minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 8 }),
      fc.nat(8),
      fc.string({ unit, maxLength: 25 }),
      (names, removed, text) => {
        const book = bookOf(names);
        for (const one of names.slice(0, removed)) book.remove(one);
        expect(book.replaceIn(text)).toBe(bookOf(names.slice(removed)).replaceIn(text));
      },
    ),
    { seed: SEED, numRuns: 2_000 },
  );
});

/** Of adding ten more names, and of texts with each: the fewest milliseconds of some tries. */
function costOfMore(book: NameBook, from: number): number {
  const costs = Array.from({ length: 20 }, (_, attempt) => {
    const startedAt = performance.now();
    for (let index = 0; index < 10; index += 1) {
      const name = `guest-${from + 10 * attempt + index}`;
      book.add(name, `<${name}>`);
      for (let track = 0; track < 20; track += 1) {
        book.replaceIn(`job/agent/participant:${name}/track:TR_${track}`);
      }
    }
    return performance.now() - startedAt;
  });
  return Math.min(...costs);
}

it('[LOG-31] takes one more name and its texts for the same in a room of 5,000 as in one of 50', () => {
  const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `guest-${index}`);
  const few = bookOf(namesOf(50));
  const many = bookOf(namesOf(5_000));
  // What the runtime does with code that runs for the first time is no cost of either.
  costOfMore(bookOf([]), 0);
  const ratio = costOfMore(many, 5_000) / costOfMore(few, 50);
  // A pattern of all names, made anew with each of them, comes to 9.
  expect(ratio).toBeLessThan(5);
});
