import { openSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';
import { LogFile } from '../../../src/io/event-log/log-file.ts';
import type { LogHead, LogLine, LogProblem } from '../../../src/io/event-log/log-line.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { readWholeLog, temporaryFolder } from '../../support/event-log/log-folder.ts';

const startedAt = Date.UTC(2026, 2, 1, 23, 59);
const day = '2026-03-01';
const head: LogHead = {
  rootId: 'house',
  startedAt,
  agent: 'house-keeper',
  input: {},
  settings: {},
  versions: {},
  fingerprints: {},
};

const said = (seq: number, text = 'x'): LogLine => ({
  kind: 'sent',
  seq,
  t: seq,
  actor: 1,
  event: Object.assign({ type: 'said' }, { text }),
});

type Options = Partial<ConstructorParameters<typeof EventLogs>[0]>;

async function openLogs(options: Options = {}) {
  const directory = options.directory ?? join(await temporaryFolder(), 'logs');
  const clock = new VirtualClock(startedAt);
  const problems: LogProblem[] = [];
  const logs = new EventLogs({
    directory,
    clock,
    maxBytes: 1e9,
    maxAgeMs: 1e9,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  onTestFinished(() => logs.close());
  const file = (name: string) => join(directory, day, name);
  return { directory, clock, problems, logs, file };
}

it('[LOG-10] writes a log into a file of its day that only its owner reads', async () => {
  const { directory, logs, file } = await openLogs();
  const log = logs.open('AJ_1', head);
  log.write(said(1));
  await log.close();
  expect(await readWholeLog(file('AJ_1.1.jsonl'))).toEqual([
    { kind: 'head', version: 2, part: 1, ...head },
    said(1),
    { kind: 'end', lines: 1, dropped: 0 },
  ]);
  expect((await stat(file('AJ_1.1.jsonl'))).mode & 0o777).toBe(0o600);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, day))).mode & 0o777).toBe(0o700);
});

it('[LOG-10] writes what came within three quarters of a second, for all logs at once', async () => {
  const { clock, logs, file } = await openLogs();
  const log = logs.open('AJ_1', head);
  log.write(said(1));
  const other = logs.open('AJ_2', head);
  clock.advanceBy(749);
  await expect(stat(file('AJ_1.1.jsonl'))).rejects.toThrow('ENOENT');
  other.write(said(1));
  log.write(said(2));
  clock.advanceBy(1);
  await vi.waitFor(async () => {
    expect((await readWholeLog(file('AJ_1.1.jsonl'))).slice(1)).toEqual([said(1), said(2)]);
    expect((await readWholeLog(file('AJ_2.1.jsonl'))).slice(1)).toEqual([said(1)]);
  });
});

it('[LOG-10] does not wait that long once there is a batch', async () => {
  const { logs, file } = await openLogs();
  const log = logs.open('AJ_1', head);
  for (let seq = 1; seq <= 1_000; seq += 1) log.write(said(seq));
  await vi.waitFor(async () => {
    expect(await readWholeLog(file('AJ_1.1.jsonl'))).toHaveLength(1_001);
  });
});

it.each([
  ['../../etc/passwd', '______etc_passwd.1.jsonl'],
  ['AJ_ü/x', 'AJ___x.1.jsonl'],
  ['x'.repeat(300), `${'x'.repeat(100)}.1.jsonl`],
])('[LOG-10] makes a file name of %s', async (name, expected) => {
  const { directory, logs } = await openLogs();
  await logs.open(name, head).close();
  expect(await readdir(join(directory, day))).toEqual([expected]);
});

it('[LOG-10] gives a job that comes a second time a second log', async () => {
  const { directory, logs } = await openLogs();
  await logs.open('AJ_1', head).close();
  await logs.open('AJ_1', head).close();
  expect(await readdir(join(directory, day))).toEqual(['AJ_1-2.1.jsonl', 'AJ_1.1.jsonl']);
});

it('[LOG-11] goes on in a new part, and reads as one log from any of them', async () => {
  const { directory, logs, file } = await openLogs({ partBytes: 60_000 });
  const log = logs.open('AJ_1', head);
  for (let seq = 1; seq <= 3_500; seq += 1) log.write(said(seq));
  await log.close();
  expect(await readdir(join(directory, day))).toEqual([1, 2, 3, 4].map((n) => `AJ_1.${n}.jsonl`));
  const lines = await readWholeLog(file('AJ_1.3.jsonl'));
  expect(lines.map(({ kind }) => kind)).toEqual([
    'head',
    ...Array.from({ length: 3_500 }, () => 'sent'),
    'end',
  ]);
  expect(lines.at(-2)).toEqual(said(3_500));
});

it('[LOG-11] goes on in a new part after an hour', async () => {
  const { clock, logs, file } = await openLogs();
  const log = logs.open('AJ_1', head);
  log.write(said(1));
  clock.advanceBy(750);
  await vi.waitFor(() => stat(file('AJ_1.1.jsonl')));
  clock.advanceBy(3_600_000 - 750);
  log.write(said(2));
  clock.advanceBy(750);
  await vi.waitFor(() => stat(file('AJ_1.2.jsonl')));
  log.write(said(3));
  await log.close();
  expect(await readdir(join(file('AJ_1.1.jsonl'), '..'))).toEqual(['AJ_1.1.jsonl', 'AJ_1.2.jsonl']);
  const lines = await readWholeLog(file('AJ_1.1.jsonl'));
  expect(lines.slice(1, -1)).toEqual([said(1), said(2), said(3)]);
});

it('[LOG-12] drops what the disk is too slow for, and says in the log where and how much', async () => {
  const { logs, problems, file } = await openLogs({ queueLimit: 100 });
  const log = logs.open('AJ_1', head);
  for (let seq = 1; seq <= 150; seq += 1) log.write(said(seq));
  expect(logs.droppedCount).toBe(50);
  await log.close();
  const lines = await readWholeLog(file('AJ_1.1.jsonl'));
  expect(lines.slice(-3)).toEqual([
    said(100),
    { kind: 'dropped', count: 50 },
    { kind: 'end', lines: 100, dropped: 50 },
  ]);
  expect(problems).toMatchObject([{ code: 'E_LOG_OVERFLOW' }]);
  expect(logs.droppedCount).toBe(50);
});

it('[LOG-12] names the gap before what came after it', async () => {
  const { clock, logs, file } = await openLogs({ queueLimit: 100 });
  const log = logs.open('AJ_1', head);
  for (let seq = 1; seq <= 101; seq += 1) log.write(said(seq));
  clock.advanceBy(750);
  log.write(said(102));
  await log.close();
  expect((await readWholeLog(file('AJ_1.1.jsonl'))).slice(-4)).toEqual([
    said(100),
    { kind: 'dropped', count: 1 },
    said(102),
    { kind: 'end', lines: 101, dropped: 1 },
  ]);
});

it('[LOG-13] keeps all other lines where one has a payload that is not JSON', async () => {
  const { logs, problems, file } = await openLogs();
  const log = logs.open('AJ_1', head);
  log.write({ kind: 'actor', seq: 0, actor: 1, path: 'house' });
  const event = Object.assign({ type: 'said' }, { at: new Date(0) });
  log.write({ kind: 'sent', seq: 1, t: 1, actor: 1, event });
  log.write({ kind: 'sent', seq: 2, t: 1, actor: 1, event });
  log.write(said(3));
  await log.close();
  const lines = await readWholeLog(file('AJ_1.1.jsonl'));
  const message =
    'house: the sent said holds Date at event.at; only plain finite JSON can be replayed';
  const problem = { kind: 'problem', actor: 1, code: 'E_LOG_PAYLOAD', of: 'sent', message };
  expect(lines.slice(2, -1)).toEqual([{ ...problem, seq: 1 }, { ...problem, seq: 2 }, said(3)]);
  expect(problems).toEqual([
    {
      code: 'E_LOG_PAYLOAD',
      message: 'payload is not plain finite json',
      retryable: false,
      where: message,
    },
  ]);
});

it('[LOG-14] reports a directory that cannot be written once, for all logs together', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  const { logs, problems } = await openLogs({ directory: join(folder, 'file', 'logs') });
  for (const name of ['AJ_1', 'AJ_2', 'AJ_3']) {
    const log = logs.open(name, head);
    log.write(said(1));
    await log.close();
  }
  expect(problems).toMatchObject([
    { code: 'E_LOG_WRITE', message: expect.stringContaining('ENOTDIR') as unknown },
  ]);
  expect(logs.droppedCount).toBe(3);
});

it('[LOG-14] reports a full disk once, and takes further lines without a word', async () => {
  const createFile = vi.fn(() => new LogFile(openSync('/dev/full', 'w')));
  const { clock, logs, problems } = await openLogs({ createFile });
  const log = logs.open('AJ_1', head);
  log.write(said(1));
  clock.advanceBy(750);
  await vi.waitFor(() => {
    expect(problems).toHaveLength(1);
  });
  log.write(said(2));
  await log.close();
  log.write(said(3));
  expect(problems).toMatchObject([
    { code: 'E_LOG_WRITE', message: expect.stringContaining('ENOSPC') as unknown },
  ]);
  expect(createFile).toHaveBeenCalledTimes(1);
  expect(logs.droppedCount).toBe(2);
});

it('[LOG-14] keeps a folder that is read-only as it is, and reports it', async () => {
  const folder = await temporaryFolder();
  const createFile = (path: string) => {
    // As the system says it, also to a superuser.
    throw Object.assign(new Error(`EROFS: read-only file system, open '${path}'`), {
      code: 'EROFS',
    });
  };
  const { logs, problems } = await openLogs({ directory: folder, createFile });
  const log = logs.open('AJ_1', head);
  log.write(said(1));
  await log.close();
  expect(problems).toMatchObject([
    { code: 'E_LOG_WRITE', message: expect.stringContaining('EROFS') as unknown },
  ]);
});

/** A disk that takes what it is given only when it is told to. */
class SlowFile extends LogFile {
  static readonly waiting: (() => void)[] = [];

  override async append(text: string): Promise<void> {
    await new Promise<void>((resolve) => SlowFile.waiting.push(resolve));
    await super.append(text);
  }
}

it('[LOG-18] goes on while the disk hangs, holds no more than its limit, and writes the rest after', async () => {
  const createFile = (path: string) => {
    LogFile.create(path);
    return new SlowFile(openSync(path, 'w'));
  };
  const { clock, logs, problems, file } = await openLogs({ createFile, queueLimit: 100 });
  const log = logs.open('AJ_1', head);
  log.write(said(1));
  clock.advanceBy(750);
  for (let seq = 2; seq <= 200; seq += 1) log.write(said(seq));
  clock.advanceBy(7_500);
  expect(logs.droppedCount).toBe(99);
  expect(SlowFile.waiting).toHaveLength(1);
  const closed = log.close();
  await vi.waitFor(async () => {
    for (const goOn of SlowFile.waiting.splice(0)) goOn();
    await expect(Promise.race([closed, Promise.reject(new Error('open'))])).resolves.toBe(
      undefined,
    );
  });
  expect((await readWholeLog(file('AJ_1.1.jsonl'))).slice(-3)).toEqual([
    said(101),
    { kind: 'dropped', count: 99 },
    { kind: 'end', lines: 101, dropped: 99 },
  ]);
  expect(problems).toMatchObject([{ code: 'E_LOG_OVERFLOW' }]);
});

it('[LOG-15] deletes the oldest logs of ours until the rest is small enough', async () => {
  const { directory, logs } = await openLogs({ maxBytes: 2_500 });
  const old = join(directory, '2026-02-27');
  await mkdir(old, { recursive: true });
  await mkdir(join(directory, 'notes'));
  for (const [name, age] of [
    ['AJ_old.1.jsonl', 3],
    ['AJ_older.1.jsonl', 4],
    ['AJ_young.1.jsonl.br', 2],
    ['AJ_broken.1.jsonl.br.half', 5],
    ['diary.txt', 9],
  ] as const) {
    await writeFile(join(old, name), 'x'.repeat(1_000));
    const time = startedAt / 1_000 - age;
    await utimes(join(old, name), time, time);
  }
  await writeFile(join(directory, 'notes', 'AJ_1.1.jsonl'), 'x'.repeat(9_000));
  await logs.close();
  expect(await readdir(old)).toEqual(['AJ_old.1.jsonl', 'AJ_young.1.jsonl.br', 'diary.txt']);
  expect(await readdir(join(directory, 'notes'))).toEqual(['AJ_1.1.jsonl']);
});

it('[LOG-15] deletes logs that are too old, with the folders of their days', async () => {
  const { directory, logs } = await openLogs({ maxAgeMs: 86_400_000 });
  const old = join(directory, '2026-02-27');
  await mkdir(old, { recursive: true });
  await writeFile(join(old, 'AJ_old.1.jsonl'), 'x');
  await utimes(join(old, 'AJ_old.1.jsonl'), 1, 1);
  await logs.close();
  expect(await readdir(directory)).toEqual([]);
});

it('[LOG-15] spares the files that are being written, however full the directory is', async () => {
  const { clock, logs, file, problems } = await openLogs({ maxBytes: 1 });
  const log = logs.open('AJ_1', head);
  log.write(said(1));
  clock.advanceBy(750);
  await vi.waitFor(() => stat(file('AJ_1.1.jsonl')));
  await logs.open('AJ_2', head).close();
  await vi.waitFor(async () => {
    clock.advanceBy(60_000);
    await logs.open('AJ_3', head).close();
    await expect(stat(file('AJ_2.1.jsonl'))).rejects.toThrow('ENOENT');
  });
  expect((await stat(file('AJ_1.1.jsonl'))).size).toBeGreaterThan(0);
  expect(problems).toEqual([]);
});

it('[LOG-24] leaves nobody recognisable in a log that is to leave the house', async () => {
  const { logs, file } = await openLogs({ isPseudonymous: true, isPacking: false });
  const log = logs.open('AJ_1', {
    ...head,
    input: { metadata: { participant_identity: 'alice' } },
  });
  const event = Object.assign({ type: 'came' }, { identity: 'alice', text: 'a secret' });
  log.write({ kind: 'sent', seq: 1, t: 1, actor: 1, event });
  const broken = Object.assign({ type: 'came' }, { at: NaN, identity: 'alice' });
  log.write({ kind: 'actor', seq: 1, actor: 2, path: 'house/participant:alice' });
  log.write({ kind: 'sent', seq: 2, t: 1, actor: 2, event: broken });
  await log.close();
  const text = await readFile(file('AJ_1.1.jsonl'), 'utf8');
  expect(text).toContain('"code":"E_LOG_PAYLOAD"');
  expect(text).toContain('house/participant:p_');
  expect(text).not.toMatch(/alice|secret/);
});

it('[LOG-23] packs the parts of a log, which reads as before', async () => {
  const { directory, logs, file } = await openLogs({ isPacking: true, partBytes: 60_000 });
  for (let times = 0; times < 2; times += 1) {
    const log = logs.open('AJ_1', head);
    for (let seq = 1; seq <= 1_500; seq += 1) log.write(said(seq));
    await log.close();
    await vi.waitFor(async () => {
      expect(await readdir(join(directory, day))).not.toContain('AJ_1.2.jsonl');
    });
  }
  await logs.close();
  expect(await readdir(join(directory, day))).toEqual(
    ['AJ_1-2.1', 'AJ_1-2.2', 'AJ_1.1', 'AJ_1.2'].map((name) => `${name}.jsonl.br`),
  );
  const lines = await readWholeLog(file('AJ_1.1.jsonl.br'));
  expect(lines.slice(1, -1)).toEqual(Array.from({ length: 1_500 }, (_, index) => said(index + 1)));
});
