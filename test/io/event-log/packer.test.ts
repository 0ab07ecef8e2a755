import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { LogProblem } from '../../../src/io/event-log/log-line.ts';
import { Packer } from '../../../src/io/event-log/packer.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';

function openPacker() {
  const problems: LogProblem[] = [];
  return { packer: new Packer((problem) => problems.push(problem)), problems };
}

it('[LOG-23] puts a packed part, which only its owner reads, in the place of a closed one', async () => {
  const { packer, problems } = openPacker();
  const folder = await temporaryFolder();
  const text = '[3,100,0]\n'.repeat(100_000);
  const names = ['AJ_1.1.jsonl', 'AJ_1.2.jsonl', 'AJ_2.1.jsonl'];
  for (const name of names) {
    await writeFile(join(folder, name), text);
    packer.add(join(folder, name));
  }
  await packer.idle();
  expect(await readdir(folder)).toEqual(names.map((name) => `${name}.br`));
  const packed = join(folder, 'AJ_1.1.jsonl.br');
  expect(brotliDecompressSync(await readFile(packed)).toString()).toBe(text);
  expect((await stat(packed)).mode & 0o777).toBe(0o600);
  expect(problems).toEqual([]);
});

it('[LOG-23] packs anew where an earlier packing broke off', async () => {
  const { packer } = openPacker();
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'AJ_1.1.jsonl'), 'whole\n');
  await writeFile(join(folder, 'AJ_1.1.jsonl.br.half'), 'x'.repeat(1_000));
  packer.add(join(folder, 'AJ_1.1.jsonl'));
  await packer.idle();
  expect(await readdir(folder)).toEqual(['AJ_1.1.jsonl.br']);
  const packed = await readFile(join(folder, 'AJ_1.1.jsonl.br'));
  expect(brotliDecompressSync(packed).toString()).toBe('whole\n');
});

it('[LOG-23] leaves a part that cannot be packed as it is, reports it once, and packs the others', async () => {
  const { packer, problems } = openPacker();
  const folder = await temporaryFolder();
  const names = ['AJ_1.1.jsonl', 'AJ_2.1.jsonl', 'AJ_3.1.jsonl'];
  for (const name of names) await writeFile(join(folder, name), 'whole\n');
  // Neither can be replaced by a file.
  await mkdir(join(folder, 'AJ_1.1.jsonl.br', 'x'), { recursive: true });
  await mkdir(join(folder, 'AJ_2.1.jsonl.br.half'));
  for (const name of names) packer.add(join(folder, name));
  await packer.idle();
  expect(problems).toMatchObject([{ code: 'E_LOG_PACK' }]);
  expect(await readFile(join(folder, 'AJ_1.1.jsonl'), 'utf8')).toBe('whole\n');
  expect(await readFile(join(folder, 'AJ_2.1.jsonl'), 'utf8')).toBe('whole\n');
  expect((await readdir(folder)).filter((name) => name.startsWith('AJ_3'))).toEqual([
    'AJ_3.1.jsonl.br',
  ]);
});
