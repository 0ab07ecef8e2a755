import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { expect, it } from 'vitest';
import { openLogFile, readLogName } from '../../../src/io/event-log/log-source.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';

const text = Array.from(
  { length: 50_000 },
  (_, index) => `[${index},${(index * 7_919) % 1_000}]\n`,
).join('');
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const packed = brotliCompressSync(text, quick);

async function fileOf(bytes: Buffer | string, name = 'AJ_1.1.jsonl.br'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);
  return path;
}

async function readChunks(path: string): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of openLogFile(path)) chunks.push(chunk);
  return chunks;
}

const readText = async (path: string) => String(Buffer.concat(await readChunks(path)));

it.each([
  ['AJ_1.1.jsonl', text],
  ['AJ_1.1.jsonl.br', packed],
])('[LOG-20] reads %s by its name', async (name, bytes) => {
  expect(await readText(await fileOf(bytes, name))).toBe(text);
});

it('[LOG-20] reads the packed part where the plain one was packed meanwhile', async () => {
  const path = await fileOf(packed);
  expect(await readText(path.replace(/\.br$/, ''))).toBe(text);
});

it.each([0, 1, 100, packed.length - 1])(
  '[LOG-20] gives what is in a packed part that breaks off after %i bytes',
  async (length) => {
    const found = await readText(await fileOf(packed.subarray(0, length)));
    expect(text.startsWith(found)).toBe(true);
    if (length === packed.length - 1) expect(found.length).toBeGreaterThan(text.length / 2);
  },
);

it.each([
  ['no brotli', Buffer.from('{"kind":"head"}\n'.repeat(100))],
  ['a stretch of it overwritten', Buffer.concat([packed.subarray(0, 90), Buffer.alloc(9_000, 90)])],
])('[LOG-20] names a packed part that is %s', async (_, bytes) => {
  await expect(readText(await fileOf(bytes))).rejects.toMatchObject({
    code: 'E_LOG_FORMAT',
    message: expect.stringMatching(/^AJ_1\.1\.jsonl\.br: damaged/) as unknown,
  });
});

it('[LOG-20] tells of a file that is missing as the system does', async () => {
  const folder = await temporaryFolder();
  for (const name of ['AJ_1.1.jsonl', 'AJ_1.1.jsonl.br']) {
    await expect(readText(join(folder, name))).rejects.toMatchObject({ code: 'ENOENT' });
  }
});

it('[LOG-20] unpacks a little that becomes much piece by piece', async () => {
  const much = 64 * 1024 * 1024;
  const path = await fileOf(brotliCompressSync(Buffer.alloc(much), quick));
  let total = 0;
  let longest = 0;
  for await (const { length } of openLogFile(path)) {
    total += length;
    longest = Math.max(longest, length);
  }
  expect(total).toBe(much);
  expect(longest).toBeLessThanOrEqual(64 * 1024);
});

it.each([
  ['AJ_1.12.jsonl', { stem: 'AJ_1', part: 12, isPacked: false }],
  ['AJ_1.2.3.jsonl.br', { stem: 'AJ_1.2', part: 3, isPacked: true }],
  ['AJ_1.0.jsonl', undefined],
  ['AJ_1.jsonl', undefined],
  ['AJ_1.1.jsonl.br.half', undefined],
  ['notes.txt', undefined],
])('[LOG-20] reads the name %s', (name, expected) => {
  expect(readLogName(name)).toEqual(expected);
});
