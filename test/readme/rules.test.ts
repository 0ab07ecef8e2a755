import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

const table = /<!-- rules -->(?<rows>.*)<!-- \/rules -->/s;

/** The tests of the rules: sessions with their tracks, the monitor, rooms, conversations and jobs. */
const folders = ['session', 'monitor', 'room', 'conversation', 'job'].map((name) =>
  join(root, 'test/machines', name),
);

function ruleIds(): string[] {
  const rows = table.exec(readFileSync(join(root, 'docs/rules.md'), 'utf8'))?.groups?.['rows'];
  if (rows === undefined)
    throw new Error('docs/rules.md has no table of rules between its markers.');
  return [...rows.matchAll(/^\|\s*([A-Z]+-\d+)\s*\|/gm)].map(([, id = '']) => id);
}

/** Ids in titles, and ids in tables of cases whose title is `[%s] ...`. */
function testedIds(): string[] {
  const ids = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .flatMap((name) => [
        ...readFileSync(join(folder, name), 'utf8').matchAll(/\[([A-Z]+-\d+)\] |'([A-Z]+-\d+)'/g),
      ])
      .map(([, inTitle, inCase]) => inTitle ?? inCase ?? ''),
  );
  return [...new Set(ids)];
}

const sorted = (ids: readonly string[]): string[] =>
  ids.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));

it('[DOC-3] lists in docs/rules.md each rule that sessions and jobs are tested for, and no other', () => {
  expect(sorted(ruleIds())).toEqual(sorted(testedIds()));
});

it('[DOC-3] lists no rule twice', () => {
  const ids = ruleIds();
  expect(ids).toEqual([...new Set(ids)]);
});
