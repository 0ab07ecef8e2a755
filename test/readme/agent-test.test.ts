import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it("[TKT-1] shows in the README the test of the README's own agent, which is the one of examples", () => {
  const readme = readFileSync('README.md', 'utf8');
  const shown = /<!-- greeter-test -->\n```js\n([\s\S]*?)```\n/.exec(readme)?.[1];
  expect(shown).toBe(readFileSync('examples/greeter.agent.test.js', 'utf8'));
});
