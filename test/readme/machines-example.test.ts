import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('[MPT-10] quotes in the README the tests of machines that examples run', () => {
  const readme = readFileSync('README.md', 'utf8');
  const shown = /<!-- machines-test -->\n```js\n([\s\S]*?)```\n/.exec(readme)?.[1];
  expect(shown).toBe(readFileSync('examples/machines.test.js', 'utf8'));
});
