import { LineEncoder } from '../event-log/log-line.codec.ts';
import type { FileLine } from '../event-log/log-line.ts';
import { replaceFile } from './replace-file.ts';

/** A batch of lines has so many characters before it goes to the disk. */
const BATCH_LENGTH = 256 * 1024;

/**
 * Writes a log as one plain file. Whatever fails, a file that is already there stays as it is.
 *
 * Rejects with what the lines threw, or with the system's error.
 */
export async function writeLog(path: string, lines: AsyncIterable<FileLine>): Promise<void> {
  await replaceFile(path, async (file) => {
    const encoder = new LineEncoder();
    let batch = '';
    for await (const line of lines) {
      batch += `${encoder.encode(line)}\n`;
      if (batch.length < BATCH_LENGTH) continue;
      await file.appendFile(batch);
      batch = '';
    }
    await file.appendFile(batch);
  });
}
