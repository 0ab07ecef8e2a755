import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FileLine } from '../../../src/io/event-log/log-line.ts';
import { LineEncoder } from '../../../src/io/event-log/log-line.codec.ts';
import type { TornLine } from '../../../src/io/event-log/reader.ts';
import { readTail } from '../../../src/io/event-log/tail.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';
import { recordedHouse } from '../../support/event-log/recorded-house.ts';

/** Writes a log in parts that begin with these lines, and returns the path of its first. */
async function writeParts(lines: readonly FileLine[], begins: readonly number[]): Promise<string> {
  const folder = await temporaryFolder();
  const encoder = new LineEncoder();
  const [head] = lines;
  if (head?.kind !== 'head') throw new Error('no head');
  for (const [index, begin] of begins.entries()) {
    const part = lines.slice(begin, begins[index + 1]);
    const texts = [{ ...head, part: index + 1 }, ...part].map((line) => encoder.encode(line));
    await writeFile(join(folder, `AJ_1.${index + 1}.jsonl`), `${texts.join('\n')}\n`);
  }
  return join(folder, 'AJ_1.1.jsonl');
}

async function readAll(path: string): Promise<(FileLine | TornLine)[]> {
  const lines: (FileLine | TornLine)[] = [];
  for await (const line of readTail(path)) lines.push(line);
  return lines;
}

function house() {
  const lines = recordedHouse(1, 1_500);
  return { lines, last: lines.findLastIndex(({ kind }) => kind === 'checkpoint') };
}

it.each([
  ['one part', []],
  ['parts of which the last has the checkpoint', [-20]],
  ['parts of which an earlier one has the checkpoint', [-20, 10, 20]],
])(
  '[CHK-9] reads the head and all from the last checkpoint on, out of %s',
  async (_, distances) => {
    const { lines, last } = house();
    const begins = [1, ...distances.map((distance) => last + distance)];
    const [head, ...tail] = await readAll(await writeParts(lines, begins));
    expect(head).toMatchObject({ kind: 'head', rootId: 'house' });
    expect(tail).toEqual(lines.slice(last));
  },
);

it('[CHK-9] reads a log without checkpoints whole', async () => {
  const whole = recordedHouse(1);
  const path = await writeParts(whole, [1, 300]);
  expect(await readAll(path)).toEqual(whole);
});

it('[CHK-9] takes a last line that is torn for none, also where it is a checkpoint', async () => {
  const { lines, last } = house();
  const path = await writeParts(lines, [1]);
  await appendFile(path, JSON.stringify(lines[last]).slice(0, 200));
  expect((await readAll(path)).slice(1)).toEqual([...lines.slice(last), { kind: 'torn' }]);
});
