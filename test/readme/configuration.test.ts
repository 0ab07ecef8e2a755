import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configurationTable } from '../support/markdown-tables.ts';

it('[CFG-20] lists every setting in the README, between the configuration markers', async () => {
  const readme = readFileSync('README.md', 'utf8');
  const listed = /<!-- configuration -->\n([\s\S]*?)<!-- \/configuration -->/.exec(readme)?.[1];
  expect(listed?.trim()).toBe((await configurationTable()).trim());
});
