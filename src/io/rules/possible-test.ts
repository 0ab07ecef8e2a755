import type { FactValue } from '../../machines/rules/fact-paths.ts';
import type { RuleTest } from '../../machines/rules/rule.ts';
import { matchesPattern } from '../../machines/text-pattern.logic.ts';
import { hint } from './schema-parts.ts';

/** Why no value of this kind would ever pass the test of a rule; null where one would. */
export function whyImpossible(test: RuleTest, value: FactValue): string | null {
  switch (value) {
    case 'text':
      return typeof test === 'string' ? null : `expected a text, found ${shown(test)}`;
    case 'textOrNull':
      return typeof test === 'string' || test === null
        ? null
        : `expected a text, or null, found ${shown(test)}`;
    case 'boolean':
      return typeof test === 'boolean' ? null : `expected true or false, found ${shown(test)}`;
    case 'count':
      return whyNoCount(test);
    default:
      return whyNoWord(test, value);
  }
}

function whyNoCount(test: RuleTest): string | null {
  const expected = 'expected a whole number from 0 on, or { above, below }';
  if (typeof test === 'number') {
    return Number.isInteger(test) && test >= 0 ? null : `${expected}, found ${test}`;
  }
  if (typeof test !== 'object' || test === null) return `${expected}, found ${shown(test)}`;
  const { above = -1, below = Infinity } = test;
  const least = Math.max(0, Math.floor(above) + 1);
  return least < below ? null : `no whole number from 0 on is within ${shown(test)}`;
}

function whyNoWord(test: RuleTest, words: readonly string[]): string | null {
  if (typeof test === 'string' && words.some((word) => matchesPattern(word, test))) return null;
  // Constants of LiveKit's SDKs are in upper case.
  const meant = typeof test === 'string' ? hint(test.toLowerCase(), words) : '';
  return `expected ${words.length > 1 ? 'one of ' : ''}${words.join(', ')}, found ${shown(test)}${meant}`;
}

const shown = (test: RuleTest): string => JSON.stringify(test);
