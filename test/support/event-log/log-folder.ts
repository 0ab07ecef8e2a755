import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { LineEncoder } from '../../../src/io/event-log/log-line.codec.ts';
import type { FileLine, HeadLine } from '../../../src/io/event-log/log-line.ts';
import { readHead as headOf } from '../../../src/io/event-log/read-head.ts';
import { readLog, type TornLine } from '../../../src/io/event-log/reader.ts';

/** A folder that goes away with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

export async function readWholeLog(path: string): Promise<(FileLine | TornLine)[]> {
  const lines: (FileLine | TornLine)[] = [];
  for await (const line of readLog(path)) lines.push(line);
  return lines;
}

export const readHead = (path: string): Promise<HeadLine> => headOf(readLog(path));

/** Writes a log that has one part. @returns its path. */
export async function writeLog(lines: readonly FileLine[]): Promise<string> {
  const encoder = new LineEncoder();
  const path = join(await temporaryFolder(), 'AJ_written.1.jsonl');
  await writeFile(path, lines.map((line) => `${encoder.encode(line)}\n`).join(''));
  return path;
}
