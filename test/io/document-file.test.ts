import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readDocumentFile } from '../../src/io/document-file.ts';

function written(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-document-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'rules.yaml');
  writeFileSync(path, content);
  return path;
}

const jsonOf = (content: string): unknown => {
  const read = readDocumentFile(written(content));
  return read.ok ? JSON.parse(read.file.json) : read.problem;
};

const problemOf = (content: string | Uint8Array): string => {
  const path = written(content);
  const read = readDocumentFile(path);
  return read.ok ? `no problem: ${read.file.json}` : read.problem.replace(path, 'FILE');
};

const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...['b', 'c', 'd', 'e', 'f'].map(
    (name, index) => `${name}: &${name} [${`*${'abcde'[index]},`.repeat(9)}]`,
  ),
].join('\n');

it.each([
  ['YAML', '- id: x\n'],
  ['JSON', '[{"id":"x"}]'],
  ['lines as Windows ends them', '- id: x\r\n'],
  ['a byte order mark', '\ufeff- id: x\n'],
  ['an anchor', '- &x\n  id: x\n'],
])('[DCF-1] reads %s', (_, content) => {
  expect(jsonOf(content)).toEqual([{ id: 'x' }]);
});

it('[DCF-2] reads nothing as null, and tells the line of a place also where that is missing', () => {
  expect(jsonOf('')).toBeNull();
  expect(jsonOf('# only a comment\n')).toBeNull();
  const read = readDocumentFile(written('\r\n- id: x\r\n\r\n- id: y\r\n'));
  expect(read.ok && [[], [0], [1, 'id'], [1, 'who']].map(read.file.lineOf)).toEqual([2, 2, 4, 4]);
});

it.each([
  ['that is cut off', '- id: x\n- id: "y\n', /^FILE:\d: Missing closing "quote$/],
  ['with a key twice', '- id: x\n  id: y\n', /^FILE:2: Map keys must be unique$/],
  ['that is several', '- id: x\n---\n- id: y\n', /^FILE:2: .*multiple documents/],
  ['with an alias of nothing', '- *nobody\n', /^FILE: ?.*nobody/],
  ['that is a bomb', bomb, /^FILE: Excessive alias count/],
  [
    'that is too large',
    'x'.repeat(2 ** 20 + 1),
    /^FILE has 1048577 bytes: expected at most 1048576$/,
  ],
  [
    'that is no text',
    Uint8Array.of(0x2d, 0x20, 0xff, 0xfe, 0x0a),
    /^FILE cannot be read: .*utf-8$/,
  ],
])('[DCF-3] refuses a file %s', (_, content, problem) => {
  expect(problemOf(content)).toMatch(problem);
});

it('[DCF-4] refuses a folder and what is not there, and says which', () => {
  expect(readDocumentFile(tmpdir())).toMatchObject({
    ok: false,
    problem: expect.stringMatching(/cannot be read: EISDIR/) as string,
  });
  expect(readDocumentFile('/nowhere/rules.yaml')).toMatchObject({
    ok: false,
    problem: expect.stringContaining('/nowhere/rules.yaml cannot be read: ENOENT') as string,
  });
});
