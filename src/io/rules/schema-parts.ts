import { z } from 'zod';
import { findNearMiss } from '../near-miss.ts';

/** `: is X meant?`, where a known word is near. */
export const hint = (word: string, known: readonly string[]): string => {
  const meant = findNearMiss(word, known);
  return meant === null ? '' : `: is ${meant} meant?`;
};

/** An object without other keys than these; one that is misspelt is named with what is probably meant. */
export const strict = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return 'expected an object';
      const known = Object.keys(shape);
      return issue.keys
        .map(
          (key) => `no key is named ${key}${hint(key, known) || `; there are ${known.join(', ')}`}`,
        )
        .join('; ');
    },
  });

export const text = z
  .string('expected a text')
  .min(1, 'expected a text, found an empty one')
  .max(1_000, 'expected a text of at most 1,000 characters');

export const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, `expected one of ${words.join(', ')}`);

/** Reads a value by the schema that is chosen for it, so that what is wrong is said of that one alone. */
export const chosen = <T>(choose: (given: unknown) => z.ZodType<T>) =>
  z.unknown().transform((given, context): T => {
    const read = choose(given).safeParse(given);
    if (read.success) return read.data;
    for (const { path, message } of read.error.issues) {
      context.addIssue({ code: 'custom', path, message });
    }
    return z.NEVER;
  });

export const hasKey = (given: unknown, key: string): boolean =>
  typeof given === 'object' && given !== null && Object.hasOwn(given, key);
