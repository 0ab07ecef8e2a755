import { z } from 'zod';
import {
  factPaths,
  factValueAt,
  isRuleFactType,
  ruleFactTypes,
  type RuleFactType,
} from '../../machines/rules/fact-paths.ts';
import type { RuleCondition } from '../../machines/rules/rule.ts';
import { whyImpossible } from './possible-test.ts';
import { chosen, hasKey, hint, oneOf, strict, text } from './schema-parts.ts';

const test = z.union(
  [
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z
      .strictObject({ above: z.number().optional(), below: z.number().optional() })
      .refine(({ above, below }) => above !== undefined || below !== undefined),
  ],
  'expected a text, number, true, false or null, or { above, below } with numbers',
);

const factCondition = strict({
  fact: text.transform((word, context) => {
    if (isRuleFactType(word)) return word;
    context.addIssue({
      code: 'custom',
      message: `there is no fact ${word}${hint(word, ruleFactTypes) || `; there are ${ruleFactTypes.join(', ')}`}`,
    });
    return z.NEVER;
  }),
  where: z.record(z.string(), test, 'expected an object of paths and values').default({}),
}).superRefine(({ fact, where }, context) => {
  for (const [path, test] of Object.entries(where)) {
    const value = factValueAt(fact, path);
    const message = value === null ? noSuchValue(fact, path) : whyImpossible(test, value);
    if (message !== null) context.addIssue({ code: 'custom', path: ['where', path], message });
  }
});

function noSuchValue(fact: RuleFactType, path: string): string {
  const known = factPaths(fact);
  return `${fact} brings no such value${hint(path, known) || `; it brings ${known.join(', ')}`}`;
}

const alertCondition = strict({
  alert: text,
  is: oneOf(['opened', 'updated', 'resolved']).default('opened'),
  severity: z
    .array(oneOf(['info', 'warning', 'critical']), 'expected a list of severities')
    .default([]),
});

/** What a rule waits for. */
export const conditionSchema = z.preprocess(
  // A bare text is a fact.
  (given) => (typeof given === 'string' ? { fact: given } : given),
  chosen<RuleCondition>((given) => (hasKey(given, 'alert') ? alertCondition : factCondition)),
);
