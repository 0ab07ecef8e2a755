import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const readme = readFileSync('README.md', 'utf8');

it.each([
  ['TKT-1', 'greeter-test', 'greeter.agent.test.js'],
  ['MPT-10', 'machines-test', 'machines.test.js'],
  ['RUL-40', 'rules-config', 'greenroom.config.js'],
  ['WHK-80', 'webhook-receiver', 'webhook-receiver.js'],
])('[%s] quotes in the README, under %s, what examples/%s runs', (_, mark, file) => {
  const quoted = new RegExp(`<!-- ${mark} -->\\n\`\`\`js\\n([\\s\\S]*?)\`\`\`\\n`).exec(
    readme,
  )?.[1];
  expect(quoted).toBe(readFileSync(`examples/${file}`, 'utf8'));
});
