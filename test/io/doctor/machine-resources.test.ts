import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { machineResources, openFilesLimitIn } from '../../../src/io/doctor/machine-resources.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-resources-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it.each([
  ['Max open files            1024                 4096                 files', 1024],
  ['Max cpu time unlimited\nMax open files            unlimited            unlimited', Infinity],
  ['nothing of the kind', null],
])('[DOC-80] reads the limit of open files in %j', (limits, expected) => {
  expect(openFilesLimitIn(limits)).toBe(expected);
});

it('[DOC-81] measures a folder, and leaves it as it was', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, '2026-01-01'));
  writeFileSync(join(folder, '2026-01-01', 'AJ_1.1.jsonl'), 'x'.repeat(1_000));
  const state = await machineResources.lookAtFolder(folder);
  expect(state).toMatchObject({ problem: null, usedBytes: 1_000 });
  expect(state.freeBytes).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual(['2026-01-01']);
});

it('[DOC-82] looks above a folder that is not there yet, and makes none', async () => {
  const folder = makeFolder();
  const missing = join(folder, 'a', 'b');
  expect(await machineResources.lookAtFolder(missing)).toMatchObject({
    problem: null,
    usedBytes: 0,
  });
  expect(readdirSync(folder)).toEqual([]);
});

it('[DOC-83] says why a folder cannot be written to', async () => {
  const file = join(makeFolder(), 'file');
  writeFileSync(file, '');
  const { problem } = await machineResources.lookAtFolder(file);
  expect(problem).toMatch(/EACCES|ENOTDIR/);
});
