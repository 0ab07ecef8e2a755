import { createReadStream, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { constants, createBrotliDecompress } from 'node:zlib';
import { GreenroomError } from '../errors.ts';

/** What the name of a closed and packed part ends with. */
export const PACKED = '.br';

/** A part of a log: `<stem>.<part>.jsonl`, packed `<stem>.<part>.jsonl.br`. */
export type LogName = { readonly stem: string; readonly part: number; readonly isPacked: boolean };

/** Undefined where the file is not named as a part of a log is. */
export function readLogName(name: string): LogName | undefined {
  const [, stem, part, packed] = /^(.+)\.([1-9]\d*)\.jsonl(\.br)?$/.exec(name) ?? [];
  if (stem === undefined) return undefined;
  return { stem, part: Number(part), isPacked: packed !== undefined };
}

/**
 * Opens a part of a log, and unpacks it where its name says that it is packed, or where it has been
 * packed since its name was read. A packed file that breaks off gives all that is in it, as a plain one.
 *
 * A chunk is at most 64 KiB, however much was packed into how little. Iterating throws the system's
 * error, and `E_LOG_FORMAT` where what is packed is damaged.
 */
export function openLogFile(path: string): AsyncIterable<Buffer> {
  const packed = `${path}${PACKED}`;
  if (path.endsWith(PACKED)) return unpack(path);
  return !existsSync(path) && existsSync(packed) ? unpack(packed) : createReadStream(path);
}

async function* unpack(path: string): AsyncGenerator<Buffer> {
  const unpacked = createBrotliDecompress({
    // Without it a file that breaks off is an error, and what was read of it is lost.
    finishFlush: constants.BROTLI_OPERATION_FLUSH,
    chunkSize: 64 * 1024,
  });
  // The error of either comes out of the iteration.
  pipeline(createReadStream(path), unpacked, () => {});
  try {
    for await (const chunk of unpacked) yield Buffer.from(chunk);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new GreenroomError(
      'E_LOG_FORMAT',
      `${basename(path)}: damaged, or not packed with brotli (${error.code})`,
      { remedy: 'Copy the file anew from where it was written.', cause: error },
    );
  }
}

/** What the decoder says of its input, in Node 20: `ERR__ERROR_FORMAT_PADDING_2`. */
const isDamage = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('ERR__ERROR_');
