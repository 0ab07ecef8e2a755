import { appendFile, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GreenroomError } from '../../../src/io/errors.ts';
import { isStimulus, type FileLine } from '../../../src/io/event-log/log-line.ts';
import { readLog } from '../../../src/io/event-log/reader.ts';
import { replay } from '../../../src/io/replay/replayer.ts';
import { houseMachine } from '../../support/event-log/house.machine.ts';
import { readWholeLog, temporaryFolder, writeLog } from '../../support/event-log/log-folder.ts';
import { recordedHouse } from '../../support/event-log/recorded-house.ts';

const indexOf = (lines: readonly FileLine[], seq: number) =>
  lines.findIndex((line) => isStimulus(line) && line.seq === seq);

const doubled = (lines: readonly FileLine[], index: number, to = index) =>
  lines.toSpliced(to, 0, ...lines.slice(index, index + 1));

it.each<[string, (lines: readonly FileLine[]) => FileLine[], RegExp]>([
  [
    'a stimulus that stands twice',
    (lines) => doubled(lines, indexOf(lines, 40)),
    /stimulus 40, expected 41: a line stands twice/,
  ],
  [
    'a stimulus that is missing',
    (lines) => lines.filter((line) => !('seq' in line) || line.seq !== 40),
    /stimulus 41, expected 40: lines are missing/,
  ],
  [
    'stimuli in another order',
    (lines) => doubled(lines, indexOf(lines, 41), indexOf(lines, 40)),
    /stimulus 41, expected 40: lines are missing or reordered/,
  ],
  [
    'a consequence of another step',
    (lines) => doubled(lines, lines.length - 1, indexOf(lines, 40)),
    /something that followed from stimulus \d+, expected from 39: lines are missing, doubled or reordered/,
  ],
  ['a head within', (lines) => doubled(lines, 0, 50), /found a head, which begins a file/],
  [
    'lines behind the end',
    (lines) => [...lines, { kind: 'end', lines: 1, dropped: 0 }, ...lines.slice(-1)],
    /a line of the kind "ended" behind the end of the log/,
  ],
])('[RPL-17] names %s as that', async (_, spoilt, message) => {
  const path = await writeLog(spoilt(recordedHouse(1)));
  await expect(readWholeLog(path)).rejects.toMatchObject({
    code: 'E_LOG_FORMAT',
    message: expect.stringMatching(message) as unknown,
  });
  await expect(replay(readLog(path), houseMachine)).rejects.toMatchObject({ code: 'E_LOG_FORMAT' });
});

it('[RPL-17] names time that goes back', async () => {
  const lines = recordedHouse(1);
  const timer = lines.findLastIndex(({ kind }) => kind === 'timer');
  const back = lines.map((line, index) => (index === timer ? { ...line, t: 1 } : line));
  await expect(readWholeLog(await writeLog(back))).rejects.toThrow(
    /the time goes back from \d+ to 1 ms: lines are reordered/,
  );
});

it('[RPL-17] takes what comes behind dropped lines as it comes', async () => {
  const lines = recordedHouse(1);
  const gap = { kind: 'dropped', count: 4 } as const;
  const cut = lines.filter((line) => !('seq' in line) || line.seq < 30 || line.seq > 33);
  const path = await writeLog(cut.toSpliced(indexOf(cut, 34), 0, gap));
  expect(await readWholeLog(path)).toHaveLength(cut.length + 1);
});

it('[RPL-18] names the byte at which a bad line begins', async () => {
  const path = await writeLog(recordedHouse(1).slice(0, 20));
  const good = await readFile(path);
  await appendFile(path, '{"kind":"state"}\n');
  await expect(readWholeLog(path)).rejects.toThrow(
    new RegExp(`^AJ_written\\.1\\.jsonl:21 \\(byte ${good.length}\\): `),
  );
});

it.each([
  ['an empty file', Buffer.from(''), /:1 \(byte 0\): nothing, expected the head of a log$/],
  [
    'a file of bytes',
    Buffer.from([0, 255, 254, 10, 0, 1]),
    /:1 \(byte 0\): found bytes that are no UTF-8, expected text$/,
  ],
  ['other JSON', Buffer.from('{"a":1}\n'), /:1 \(byte 0\): kind: /],
  [
    'a list',
    Buffer.from('[1,0,5]\n'),
    /:1 \(byte 0\): a window of actor 1, which had none before$/,
  ],
  ['prose', Buffer.from('Dear diary,\n'), /:1 \(byte 0\): not JSON: Dear diary,$/],
  ['a head that is torn', Buffer.from('{"kind":"he'), /:1 \(byte 0\): not JSON: \{"kind":"he$/],
])('[RPL-19] says what is wrong with %s', async (_, bytes, message) => {
  const path = join(await temporaryFolder(), 'AJ_x.1.jsonl');
  await writeFile(path, bytes);
  await expect(replay(readLog(path), houseMachine)).rejects.toMatchObject({
    code: 'E_LOG_FORMAT',
    message: expect.stringMatching(message) as unknown,
  });
});

it('[RPL-19] says that a folder is none', async () => {
  const path = join(await temporaryFolder(), 'AJ_x.1.jsonl');
  await mkdir(path);
  await expect(readWholeLog(path)).rejects.toMatchObject({
    code: 'E_LOG_FORMAT',
    message: `${path} is a folder, where a log file was expected`,
  });
});

it('[RPL-20] gives a line of 100 MB up early, and holds little of it', async () => {
  const path = await writeLog(recordedHouse(1).slice(0, 20));
  const file = await open(path, 'a');
  const piece = Buffer.alloc(1024 * 1024, 'x');
  for (let written = 0; written < 100; written += 1) await file.write(piece);
  await file.close();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const watching = setInterval(
    () => (most = Math.max(most, process.memoryUsage().arrayBuffers)),
    1,
  );
  await expect(readWholeLog(path)).rejects.toThrow(/:21 .*a line of more than 16777216 bytes/);
  clearInterval(watching);
  expect(most - before).toBeLessThan(64 * 1024 * 1024);
});

const change = fc.oneof(
  fc.record({ what: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat({ max: 7 }) }),
  fc.record({ what: fc.constant('cut' as const), at: fc.nat(), length: fc.nat({ max: 5_000 }) }),
  fc.record({ what: fc.constant('end' as const), at: fc.nat() }),
  fc.record({ what: fc.constant('double' as const), at: fc.nat() }),
  fc.record({ what: fc.constant('swap' as const), at: fc.nat(), other: fc.nat() }),
  fc.record({
    what: fc.constant('insert' as const),
    at: fc.nat(),
    garbage: fc.uint8Array({ maxLength: 200 }),
  }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function spoil(bytes: Buffer, damage: Change): Buffer {
  const at = damage.at % bytes.length;
  if (damage.what === 'flip') {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << damage.bit);
    return flipped;
  }
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (damage.what === 'cut') return Buffer.concat([before, after.subarray(damage.length)]);
  if (damage.what === 'end') return before;
  if (damage.what === 'insert') return Buffer.concat([before, damage.garbage, after]);
  const texts = bytes.toString('latin1').split('\n');
  const line = damage.at % (texts.length - 1);
  const text = texts[line] ?? '';
  if (damage.what === 'double') texts.splice(line, 0, text);
  else {
    const other = damage.other % (texts.length - 1);
    texts[line] = texts[other] ?? '';
    texts[other] = text;
  }
  return Buffer.from(texts.join('\n'), 'latin1');
}

it('[RPL-21] ends whatever is done to a log in an error of its format, a difference or a sound replay', async () => {
  const lines = recordedHouse(1).slice(0, 400);
  const whole = await readFile(
    await writeLog([...lines, { kind: 'end', lines: lines.length - 1, dropped: 0 }]),
  );
  const path = join(await temporaryFolder(), 'AJ_x.1.jsonl');
  const outcomes = { format: 0, difference: 0, same: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const spoilt = changes.reduce(spoil, whole);
      fc.pre(spoilt.length > 0);
      await writeFile(path, spoilt);
      try {
        const { divergence, root } = await replay(readLog(path), houseMachine, {
          overdueToleranceMs: 0,
        });
        outcomes[divergence ? 'difference' : 'same'] += 1;
        root.stop();
      } catch (error) {
        expect(error).toBeInstanceOf(GreenroomError);
        expect(error).toMatchObject({ code: 'E_LOG_FORMAT' });
        outcomes.format += 1;
      }
    }),
    { numRuns: 150, seed: 5 },
  );
  expect(outcomes.format).toBeGreaterThan(30);
  expect(outcomes.difference).toBeGreaterThan(5);
}, 30_000);
