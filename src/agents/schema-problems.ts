import type { z } from 'zod';

/** A place in given data, and what should be there. */
export type SchemaProblem = {
  readonly path: readonly PropertyKey[];
  readonly expected: string;
};

/** What a schema says itself; null for zod's own words. */
const ownMessage = (message: string): string | null =>
  message.startsWith('Invalid input') ? null : message;

/** What zod says is wrong, in the words of messages to users. */
export function schemaProblems(issue: z.core.$ZodIssue): readonly SchemaProblem[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], expected: 'no such key' }));
    case 'invalid_type':
      return [{ path, expected: ownMessage(issue.message) ?? issue.expected }];
    case 'invalid_value':
      return [{ path, expected: `one of ${issue.values.map(String).join(', ')}` }];
    default:
      return [{ path, expected: issue.message.replace(/^expected /, '') }];
  }
}
