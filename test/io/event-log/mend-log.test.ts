import { appendFile, copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';
import { logVersion, type FileLine, type LogLine } from '../../../src/io/event-log/log-line.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { readWholeLog, temporaryFolder, writeLog } from '../../support/event-log/log-folder.ts';
import { houseMachine } from '../../support/event-log/house.machine.ts';
import { houseHead } from '../../support/event-log/record-house.ts';
import { houseStartedAt } from '../../support/event-log/recorded-house.ts';

const said = (seq: number): LogLine => {
  return { kind: 'sent', seq, t: seq, actor: 1, event: { type: 'said' } };
};
const lines: readonly FileLine[] = [
  { kind: 'head', version: logVersion, part: 1, ...houseHead(houseMachine, houseStartedAt) },
  ...Array.from({ length: 200 }, (_, index) => said(index + 1)),
];
const next = said(201);

type Options = Partial<ConstructorParameters<typeof EventLogs>[0]>;

async function openLogs(options: Options = {}): Promise<EventLogs> {
  const logs = new EventLogs({
    directory: join(await temporaryFolder(), 'logs'),
    clock: new VirtualClock(houseStartedAt),
    maxBytes: 1e9,
    maxAgeMs: 1e9,
    onProblem: ({ message }) => {
      throw new Error(message);
    },
    ...options,
  });
  onTestFinished(() => logs.close());
  return logs;
}

const withoutHead = (log: readonly unknown[]) => log.slice(1);

it.each<[string, (path: string) => Promise<void>]>([
  ['whole', () => Promise.resolve()],
  ['torn', (path) => appendFile(path, '[3,100,')],
  ['torn far from its end', (path) => appendFile(path, `{"kind":"sent","${'x'.repeat(200_000)}`)],
  ['torn within a character', (path) => appendFile(path, Buffer.from([0x7b, 0xe2, 0x82]))],
  ['followed by an empty part', (path) => writeFile(path.replace('.1.', '.2.'), '')],
])('[LOG-27] goes on behind a log that is %s, in its next part', async (_, damage) => {
  const path = await writeLog(lines);
  await damage(path);
  const log = await (await openLogs()).goOn(path);
  log.write(next);
  await log.close();

  expect(await readdir(dirname(path))).toEqual(['AJ_written.1.jsonl', 'AJ_written.2.jsonl']);
  expect(withoutHead(await readWholeLog(path))).toEqual([
    ...withoutHead(lines),
    next,
    { kind: 'end', lines: 1, dropped: 0 },
  ]);
});

it('[LOG-27] goes on behind a last part that is packed', async () => {
  const path = await writeLog(lines);
  const plain = await readFile(path);
  await writeFile(`${path}.br`, brotliCompressSync(plain));
  await rm(path);
  const log = await (await openLogs()).goOn(`${path}.br`);
  log.write(next);
  await log.close();
  expect(await readdir(dirname(path))).toEqual(['AJ_written.1.jsonl.br', 'AJ_written.2.jsonl']);
  expect((await readWholeLog(path)).at(-2)).toEqual(next);
});

it('[LOG-28] leaves a log as it is with which nobody went on after all', async () => {
  const path = await writeLog(lines);
  const before = await readFile(path);
  const log = await (await openLogs()).goOn(path);
  log.flushSync();
  await log.close();
  expect(await readdir(dirname(path))).toEqual(['AJ_written.1.jsonl']);
  expect(await readFile(path)).toEqual(before);
});

it('[LOG-28] takes no file that another one has begun behind the log', async () => {
  const path = await writeLog(lines);
  const codes: string[] = [];
  const logs = await openLogs({ onProblem: ({ code }) => codes.push(code) });
  const [one, other] = [await logs.goOn(path), await logs.goOn(path)];
  one.write(next);
  await one.close();
  other.write(next);
  await other.close();
  expect(codes).toEqual(['E_LOG_WRITE']);
  expect((await readWholeLog(path)).at(-1)).toMatchObject({ kind: 'end' });
});

it('[LOG-29] refuses a log with pseudonyms, a file of another name, and one without a head', async () => {
  const path = await writeLog(lines);
  const logs = await openLogs();
  const pseudonymous = await openLogs({ isPseudonymous: true });
  await expect(pseudonymous.goOn(path)).rejects.toMatchObject({ code: 'E_RESUME' });
  const other = join(dirname(path), 'house.log');
  await copyFile(path, other);
  await expect(logs.goOn(other)).rejects.toMatchObject({
    code: 'E_LOG_FORMAT',
    message: expect.stringContaining('is not named as a part of a log is') as unknown,
  });
  await writeFile(path, '');
  await expect(logs.goOn(path)).rejects.toMatchObject({ code: 'E_LOG_FORMAT' });
});
