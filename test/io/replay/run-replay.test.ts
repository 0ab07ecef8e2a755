import { EventEmitter } from 'node:events';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { AcceptReport } from '../../../src/io/replay/accept-report.ts';
import type { CompareReport } from '../../../src/io/replay/compare-report.ts';
import { temporaryFolder } from '../../support/event-log/log-folder.ts';
import { goldenFolder } from '../../support/golden-cases.ts';
import { runTask } from '../../support/run-replay.ts';

const golden = (name: string) => join(goldenFolder, `${name}.1.jsonl`);

const json = async (paths: readonly string[]) => {
  const { exitCode, text } = await runTask(paths, { isJson: true });
  return { exitCode, report: JSON.parse(text) as CompareReport };
};

/** A golden log as it would be, had nobody been heard to speak below half the greatest level. */
async function withOtherSettings(path: string): Promise<void> {
  const text = await readFile(golden('participant-monitor'), 'utf8');
  await writeFile(path, text.replace('"SPEAKING_THRESHOLD":0.01', '"SPEAKING_THRESHOLD":0.5'));
}

/** Two logs that are the same, one of them in a folder below; one that differs; one that is none. */
async function mixedFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, '2026-01-01'));
  await copyFile(golden('basic'), join(folder, '2026-01-01', 'a.1.jsonl'));
  await copyFile(golden('worker'), join(folder, 'b.1.jsonl'));
  await withOtherSettings(join(folder, 'c.1.jsonl'));
  await writeFile(join(folder, 'd.1.jsonl'), 'no log at all\n');
  await writeFile(join(folder, 'notes.txt'), 'not named as a log\n');
  return folder;
}

it('[RPC-10] ends with 0 where all is the same', async () => {
  const { exitCode, text, notices } = await runTask([golden('basic'), golden('drain')]);
  expect(exitCode).toBe(0);
  expect(text).toMatch(/^2 logs: 2 same\n\d+ stimuli in /);
  expect(notices).toMatch(
    /^0 of 2 logs, \d+ % of their bytes\n1 of 2 logs, 100 % of their bytes\n$/,
  );
});

it('[RPC-10] tells how far it is within one long log, too', async () => {
  const { notices } = await runTask([golden('participant-monitor')]);
  expect(notices).toMatch(/^(0 of 1 logs, \d+ % of their bytes\n){2,}$/);
});

it('[RPC-11] ends with 1 where something differs, and shows where', async () => {
  const path = join(await temporaryFolder(), 'c.1.jsonl');
  await withOtherSettings(path);
  const { exitCode, text } = await runTask([path]);
  expect(exitCode).toBe(1);
  expect(text).toContain('c.1.jsonl');
  expect(text).toContain('differs: the replay does not do this');
  expect(text).toContain('1 log: 1 different');
  // Where it stops it has not seen the end of the log, which says nothing of the end.
  expect(text).not.toContain('compared as far as they go');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

it('[RPC-12] names the bad file of a folder, and replays the rest', async () => {
  const { exitCode, text } = await runTask([await mixedFolder()]);
  expect(exitCode).toBe(2);
  expect(text).toContain('c.1.jsonl');
  expect(text).toMatch(/unreadable +\S+d\.1\.jsonl +d\.1\.jsonl:1/);
  expect(text).toContain('4 logs: 2 same, 1 different, 1 unreadable');
  expect(text).not.toContain('notes.txt');
});

it('[RPC-26] tells the way to the first hundred differences only, as thousands would not fit', async () => {
  const folder = await temporaryFolder();
  const names = Array.from({ length: 102 }, (_, index) => join(folder, `c${index}.1.jsonl`));
  for (const name of names) await withOtherSettings(name);
  const { report } = await json([folder]);
  const ways = report.logs.map(
    (log) => log.result === 'different' && log.divergence?.before.length,
  );
  expect(ways).toEqual([...Array<number>(100).fill(10), 0, 0]);
});

it('[RPC-13] gives everything as one document', async () => {
  const folder = await mixedFolder();
  const { exitCode, report } = await json([folder]);
  expect(exitCode).toBe(2);
  expect(report).toMatchObject({
    version: 1,
    exitCode: 2,
    totals: { same: 2, different: 1, unreadable: 1, torn: 0, open: 0 },
  });
  expect(report.totals.stimuli).toBeGreaterThan(50);
  expect(report.logs.map(({ path, result }) => [path.slice(folder.length + 1), result])).toEqual([
    ['2026-01-01/a.1.jsonl', 'same'],
    ['b.1.jsonl', 'same'],
    ['c.1.jsonl', 'different'],
    ['d.1.jsonl', 'unreadable'],
  ]);
  expect(report.logs[2]).toMatchObject({
    agent: 'participant-monitor',
    changes: [],
    divergence: { reason: 'the replay does not do this', recorded: { kind: 'state' } },
  });
  expect(report.logs[3]).toMatchObject({ code: 'E_LOG_FORMAT' });
});

it('[RPC-14] says of what it cannot read what is wrong with it', async () => {
  const folder = await temporaryFolder();
  const missing = join(folder, 'nobody.1.jsonl');
  const empty = join(folder, 'empty.1.jsonl');
  await writeFile(empty, '');
  const nothing = await temporaryFolder();
  const foreign = join(folder, 'foreign.1.jsonl');
  const greeter = await readFile(golden('greeter'), 'utf8');
  await writeFile(foreign, greeter.replace('"agent":"greeter"', '"agent":"stranger"'));
  const { exitCode, report } = await json([missing, empty, nothing, foreign]);
  expect(exitCode).toBe(2);
  expect(
    report.logs.map((log) => (log.result === 'unreadable' ? [log.path, log.code] : [])),
  ).toEqual([
    [missing, 'E_LOG_FORMAT'],
    [nothing, 'E_LOG_FORMAT'],
    [empty, 'E_LOG_FORMAT'],
    [foreign, 'E_REPLAY_AGENT'],
  ]);
  const told = JSON.stringify(report.logs);
  for (const message of ['cannot be read', 'there is no event log in', 'head', 'stranger']) {
    expect(told).toContain(message);
  }
});

it('[RPC-15] takes any part for its log, packed or not, and each log once', async () => {
  const folder = await temporaryFolder();
  const packed = join(folder, 'x.1.jsonl.br');
  await writeFile(packed, brotliCompressSync(await readFile(golden('basic'))));
  const { exitCode, report } = await json([folder, packed, join(folder, 'x.1.jsonl.br')]);
  expect(exitCode).toBe(0);
  expect(report.logs.map(({ path }) => path)).toEqual([packed]);
});

it('[RPC-16] compares a torn log, and one without an end, as far as they go', async () => {
  const folder = await temporaryFolder();
  const text = await readFile(golden('basic'), 'utf8');
  await writeFile(join(folder, 'torn.1.jsonl'), text.slice(0, -20));
  const open = text.slice(0, text.trimEnd().lastIndexOf('\n') + 1);
  await writeFile(join(folder, 'open.1.jsonl'), open);
  const { exitCode, report } = await json([folder]);
  expect(exitCode).toBe(0);
  expect(report.totals).toMatchObject({ same: 2, torn: 1, open: 1 });
  expect((await runTask([folder])).text).toContain('compared as far as they go: 1 without an end');
});

it('[RPC-17] draws a bar on a terminal, which leaves nothing behind', async () => {
  const { notices, text } = await runTask([golden('basic'), golden('drain')], { isTty: true });
  expect(notices).toMatch(/\d+ %.* of 2 logs/);
  expect(stripVTControlCharacters(notices).endsWith('\n')).toBe(false);
  expect(text).toContain('2 logs: 2 same');
});

it('[RPC-18] ends with the status of a signal, and says what was not looked at', async () => {
  const signals = new EventEmitter();
  const running = runTask([goldenFolder], { signals });
  signals.emit('SIGINT');
  const { exitCode, text } = await running;
  expect(exitCode).toBe(130);
  expect(text).toContain('Interrupted');
});

it('[RPC-20] accepts what differs, after which it is the same, and nothing else', async () => {
  const folder = await mixedFolder();
  const task = { type: 'accept' } as const;
  const [same, changed] = [join(folder, 'b.1.jsonl'), join(folder, 'c.1.jsonl')];
  const untouched = await stat(same);
  const { exitCode, text } = await runTask([folder], { task, isJson: true });
  const report = JSON.parse(text) as AcceptReport;
  expect(exitCode).toBe(2);
  expect(report).toMatchObject({
    accepted: [{ path: changed, lostInputs: 0, firstDifference: { recorded: { kind: 'state' } } }],
    unreadable: [{ code: 'E_LOG_FORMAT' }],
  });
  const [accepted] = report.accepted;
  expect(accepted?.after.state).toBeLessThan(accepted?.before.state ?? 0);
  const { mtimeMs, ino } = await stat(same);
  expect([mtimeMs, ino]).toEqual([untouched.mtimeMs, untouched.ino]);

  expect((await json([same, changed])).exitCode).toBe(0);
  const again = await runTask([same, changed], { task });
  expect(again.text).toContain('2 logs: 0 written anew, 2 left as they are');
});

it('[RPC-21] keeps the old log where the new one cannot be written', async () => {
  const path = join(await temporaryFolder(), 'c.1.jsonl');
  await withOtherSettings(path);
  const before = await readFile(path, 'utf8');
  // A folder stands where the new file is written.
  await mkdir(`${path}.new`);
  const { exitCode, text } = await runTask([path], { task: { type: 'accept' } });
  expect(exitCode).toBe(2);
  expect(text).toContain('EISDIR');
  expect(await readFile(path, 'utf8')).toBe(before);
});
