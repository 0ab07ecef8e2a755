import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it.each([
  ['TKT-1', 'README.md', 'greeter-test', 'greeter.agent.test.js'],
  ['MPT-10', 'docs/testing.md', 'machines-test', 'machines.test.js'],
  ['RUL-40', 'docs/rules-of-your-own.md', 'rules-config', 'greenroom.config.js'],
  ['WHK-81', 'docs/webhooks.md', 'webhook-receiver', 'webhook-receiver.js'],
])('[%s] quotes in %s, under %s, what examples/%s runs', (_, page, mark, file) => {
  const quoted = new RegExp(`<!-- ${mark} -->\\n\`\`\`js\\n([\\s\\S]*?)\`\`\`\\n`).exec(
    readFileSync(page, 'utf8'),
  )?.[1];
  expect(quoted).toBe(readFileSync(`examples/${file}`, 'utf8'));
});
