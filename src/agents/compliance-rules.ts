import { z } from 'zod';
import type { ComplianceRule } from '../machines/analysis/compliance-rule.ts';
import { hasWords } from '../machines/analysis/phrases.logic.ts';
import { parseDuration } from './setting-types.ts';

const MAX_RULES = 50;
const MAX_PHRASES = 50;

const phrase = z
  .string('a text')
  .max(200, 'at most 200 characters')
  .refine(hasWords, 'a text with letters or digits');

const phrases = z
  .array(phrase, 'a list of phrases')
  .min(1, 'at least one phrase')
  .max(MAX_PHRASES, `at most ${MAX_PHRASES} phrases`);

const durationText = z.string('a duration such as 30s or 2m').transform((given, context) => {
  const durationMs = parseDuration(given);
  if (durationMs !== null) return durationMs;
  context.addIssue({ code: 'custom', message: 'a duration such as 30s or 2m' });
  return z.NEVER;
});

const rule = z
  .strictObject(
    {
      id: z.string('a name').regex(/^[\w-]{1,64}$/, 'letters, digits, "_" and "-", at most 64'),
      severity: z.enum(['info', 'warning', 'critical']).default('warning'),
      who: z
        .string('agent, customer, anybody, or an identity')
        .min(1, 'agent, customer, anybody, or an identity')
        .max(256, 'at most 256 characters')
        .default('anybody'),
      must_say: phrases.optional(),
      must_not_say: phrases.optional(),
      within_first: durationText.optional(),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? 'a rule' : undefined) },
  )
  .transform((given, context): ComplianceRule => {
    const { id, severity, who, must_say, must_not_say, within_first } = given;
    const said = must_say ?? must_not_say;
    if (said === undefined || (must_say && must_not_say)) {
      context.addIssue({ code: 'custom', message: 'either must_say or must_not_say' });
      return z.NEVER;
    }
    if (must_not_say && within_first !== undefined) {
      const message = 'no such key beside must_not_say';
      context.addIssue({ code: 'custom', path: ['within_first'], message });
      return z.NEVER;
    }
    const demand = must_say ? 'must_say' : 'must_not_say';
    return { id, severity, who, demand, phrases: said, withinFirstMs: within_first ?? null };
  });

/**
 * What a file of compliance rules says: a list of rules, each with `id`, `must_say` or `must_not_say` (a
 * list of phrases, of which one is enough), and where wanted `severity`, `who` and, beside `must_say`,
 * `within_first` (since the first item of the conversation).
 */
export const complianceRules: z.ZodType<readonly ComplianceRule[]> = z
  .array(rule, 'a list of rules')
  .max(MAX_RULES, `at most ${MAX_RULES} rules`)
  .superRefine((rules, context) => {
    for (const [index, { id }] of rules.entries()) {
      if (rules.findIndex((earlier) => earlier.id === id) === index) continue;
      context.addIssue({ code: 'custom', path: [index, 'id'], message: 'an id of its own' });
    }
  });
