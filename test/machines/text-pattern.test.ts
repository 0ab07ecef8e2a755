import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesPattern } from '../../src/machines/text-pattern.logic.ts';

it.each([
  ['support-7', 'support-*', true],
  ['support', 'support-*', false],
  ['anna.support-7', '*support*', true],
  ['ab', 'a*b', true],
  ['a', 'a*a', false],
  ['xaybz', 'x*y*z', true],
  ['xyz', 'x*y*y*z', false],
  ['alice', 'alice', true],
  ['alice.b', 'alice', false],
  ['', '*', true],
])('[CAN-4] says whether %j is as the pattern %j: %j', (text, pattern, expected) => {
  expect(matchesPattern(text, pattern)).toBe(expected);
});

it('[RUL-23] finds with a pattern what a regular expression with .* would find', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.') });
  fc.assert(
    fc.property(word, fc.string({ unit: fc.constantFrom('a', 'b', '.') }), (pattern, text) => {
      const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
      expect(matchesPattern(text, pattern)).toBe(new RegExp(`^${parts.join('.*')}$`).test(text));
    }),
  );
});
