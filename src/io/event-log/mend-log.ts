import { open, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GreenroomError } from '../errors.ts';
import type { LogHead } from './log-line.ts';
import { PACKED, readLogName } from './log-source.ts';
import { readHead } from './read-head.ts';
import { findParts, readLog } from './reader.ts';

const NEWLINE = 0x0a;
const CHUNK_BYTES = 64 * 1024;

/** A log behind whose parts another one may stand. */
export type MendedLog = {
  readonly head: LogHead;
  /** Of the last part that is left. */
  readonly part: number;
  readonly pathOf: (part: number) => string;
};

/**
 * Cuts off what a process that was killed left torn at the end of a log, so that the log can go on in
 * another part: only the last part of a log may be torn.
 *
 * Nobody may write it any more.
 *
 * @param path of any part.
 * @throws GreenroomError `E_LOG_FORMAT` where it has no head, or is not named as a log is, and the
 *   system's error where a file cannot be read or changed.
 */
export async function mendLog(path: string): Promise<MendedLog> {
  const { rootId, startedAt, agent, input, settings, versions, fingerprints } = await readHead(
    readLog(path),
  );
  const head = { rootId, startedAt, agent, input, settings, versions, fingerprints };
  const parts = await findParts(path);
  const stem = readLogName(basename(path))?.stem;
  if (stem === undefined) {
    throw new GreenroomError(
      'E_LOG_FORMAT',
      `${path} is not named as a part of a log is, such as AJ_x.1.jsonl: nothing can stand behind it`,
    );
  }
  const isEmpty = !(await cutTornLine(parts.at(-1) ?? path));
  const part = parts.length - (isEmpty ? 1 : 0);
  return { head, part, pathOf: (number) => join(dirname(path), `${stem}.${number}.jsonl`) };
}

/** Returns whether anything is left: a part that has not even a whole head goes away. */
async function cutTornLine(path: string): Promise<boolean> {
  // Only parts that were closed are packed.
  if (path.endsWith(PACKED)) return true;
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const end = await endOfLastLine(file, size);
    if (end > 0 && end < size) await file.truncate(end);
    if (end > 0) return true;
  } finally {
    await file.close();
  }
  await unlink(path);
  return false;
}

/** The bytes up to and with the last line that has its end. */
async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let to = size; to > 0; to -= CHUNK_BYTES) {
    const from = Math.max(0, to - CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, to - from, from);
    const newline = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline >= 0) return from + newline + 1;
  }
  return 0;
}
