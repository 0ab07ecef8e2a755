import { readdir, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

type SweepOptions = {
  readonly directory: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether this process still writes the file. */
  readonly isOpen: (path: string) => boolean;
};

type LogFileInfo = { readonly path: string; readonly bytes: number; readonly writtenAt: number };

const dayFolder = /^\d{4}-\d{2}-\d{2}$/;
/** Also packed ones, and what is left of a packing that broke off. */
const logFile = /^[\w-]+\.\d+\.jsonl(\.br(\.half)?)?$/;

/** The folder of a day, in UTC. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/**
 * Deletes log files that are too old, and then the oldest ones until the rest is small enough.
 *
 * Only files that are named as ours are, and none that this process writes. One that another
 * process writes is among the youngest, and so among the last to go.
 */
export async function sweepLogs(options: SweepOptions): Promise<void> {
  const { directory, maxBytes, maxAgeMs, now, isOpen } = options;
  const days = (await namesIn(directory)).filter((name) => dayFolder.test(name));
  const files = await listFiles(days.map((day) => join(directory, day)));
  let totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);

  for (const { path, bytes, writtenAt } of files) {
    const isTooMuch = totalBytes > maxBytes || now - writtenAt > maxAgeMs;
    if (!isTooMuch || isOpen(path)) continue;
    await ignoring(['ENOENT'], unlink(path));
    totalBytes -= bytes;
  }
  for (const day of days) {
    // Today's folder may be about to get a file.
    if (day < dayOf(now)) await ignoring(['ENOTEMPTY', 'ENOENT'], rmdir(join(directory, day)));
  }
}

/** Oldest first. */
async function listFiles(folders: readonly string[]): Promise<LogFileInfo[]> {
  const files: LogFileInfo[] = [];
  for (const folder of folders) {
    for (const name of (await namesIn(folder)).filter((name) => logFile.test(name))) {
      const path = join(folder, name);
      const found = await ignoring(['ENOENT'], stat(path));
      if (found) files.push({ path, bytes: found.size, writtenAt: found.mtimeMs });
    }
  }
  return files.sort((a, b) => a.writtenAt - b.writtenAt);
}

const namesIn = async (folder: string): Promise<string[]> =>
  (await ignoring(['ENOENT', 'ENOTDIR'], readdir(folder))) ?? [];

/** Another process may sweep the same folder at the same time. */
async function ignoring<T>(codes: readonly string[], work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code))) {
      return undefined;
    }
    throw error;
  }
}
