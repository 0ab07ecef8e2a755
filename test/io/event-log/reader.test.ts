import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FileLine } from '../../../src/io/event-log/log-line.ts';
import { readWholeLog, temporaryFolder } from '../../support/event-log/log-folder.ts';

const head: FileLine = {
  kind: 'head',
  version: 2,
  part: 1,
  rootId: 'house',
  startedAt: 5,
  agent: 'house-keeper',
  input: {},
  settings: {},
  versions: {},
  fingerprints: {},
};
const actor: FileLine = { kind: 'actor', seq: 0, actor: 1, path: 'house/ü' };
const textOf = (...lines: unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

async function writeParts(parts: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(parts)) await writeFile(join(folder, name), text);
  return folder;
}

it('[LOG-20] tolerates a last line that is torn at any byte, and says so', async () => {
  const whole = textOf(head, actor);
  const size = Buffer.byteLength(whole);
  const lastLine = Buffer.byteLength(textOf(actor));
  for (let cut = 2; cut < lastLine; cut += 5) {
    const folder = await writeParts({ 'AJ_1.1.jsonl': whole });
    await truncate(join(folder, 'AJ_1.1.jsonl'), size - cut);
    expect(await readWholeLog(join(folder, 'AJ_1.1.jsonl'))).toEqual([head, { kind: 'torn' }]);
  }
});

it('[LOG-20] takes a last line that lacks nothing but its end', async () => {
  const folder = await writeParts({ 'AJ_1.1.jsonl': textOf(head, actor).trimEnd() });
  expect(await readWholeLog(join(folder, 'AJ_1.1.jsonl'))).toEqual([head, actor]);
});

it('[LOG-21] joins the parts in the order of their numbers', async () => {
  const parts = Array.from({ length: 11 }, (_, index) => index + 1);
  const texts = parts.map((part) => [
    `AJ_1.${part}.jsonl`,
    textOf({ ...head, part }, { ...actor, path: `p${part}` }),
  ]);
  const folder = await writeParts({
    ...(Object.fromEntries(texts) as Record<string, string>),
    'AJ_12.1.jsonl': 'another log',
  });
  const lines = await readWholeLog(join(folder, 'AJ_1.5.jsonl'));
  expect(lines).toEqual([head, ...parts.map((part) => ({ ...actor, path: `p${part}` }))]);
});

it('[LOG-21] reads a file of another name alone', async () => {
  const folder = await writeParts({ 'sample.jsonl': textOf(head, actor) });
  expect(await readWholeLog(join(folder, 'sample.jsonl'))).toEqual([head, actor]);
});

it.each([
  [
    'a broken line within',
    { 'A.1.jsonl': `${textOf(head)}{"kind"\n${textOf(actor)}` },
    /^A\.1\.jsonl:2 \(byte \d+\): not JSON/,
  ],
  [
    'no head',
    { 'A.1.jsonl': textOf(actor) },
    /^A\.1\.jsonl:1 \(byte 0\): found "actor", expected a head$/,
  ],
  ['a missing part', { 'A.1.jsonl': textOf(head), 'A.3.jsonl': '' }, /^A\.2\.jsonl is missing in /],
  ['a missing first part', { 'A.2.jsonl': textOf(head) }, /^A\.1\.jsonl is missing in /],
  [
    'a torn line that is not the last',
    { 'A.1.jsonl': `${textOf(head)}{"ki`, 'A.2.jsonl': textOf({ ...head, part: 2 }) },
    /^A\.1\.jsonl:2 \(byte \d+\): not JSON/,
  ],
  [
    'a part of another log',
    { 'A.1.jsonl': textOf(head), 'A.2.jsonl': textOf({ ...head, part: 2, startedAt: 6 }) },
    /^A\.2\.jsonl:1 \(byte 0\): not part 2 of the log that A\.1\.jsonl begins$/,
  ],
])('[LOG-22] names file and line of %s', async (_, parts, message) => {
  const folder = await writeParts(parts as Record<string, string>);
  await expect(readWholeLog(join(folder, 'A.1.jsonl'))).rejects.toMatchObject({
    code: 'E_LOG_FORMAT',
    message: expect.stringMatching(message) as unknown,
  });
});

it('[LOG-22] rejects with the reason of the system where there is no file', async () => {
  const folder = await temporaryFolder();
  await expect(readWholeLog(join(folder, 'none.jsonl'))).rejects.toThrow('ENOENT');
});
