import { createReadStream, createWriteStream } from 'node:fs';
import { rename, unlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress } from 'node:zlib';
import type { LogProblem } from './log-line.ts';
import { PACKED } from './log-source.ts';

/** Those on top stay as they are: a directory that is so far behind has other cares. */
const maxWaiting = 1_000;
/** Packs log lines better and faster than gzip does; better qualities take many times as long. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

/**
 * Packs closed parts of logs, one at a time and beside the event loop.
 *
 * A part is packed into a file beside it, which gets its name once it is whole and with the disk. So there
 * is at any moment a whole part, packed or not, whenever the process or the machine dies.
 */
export class Packer {
  readonly #onProblem: (problem: LogProblem) => void;
  readonly #waiting: string[] = [];
  #working: Promise<void> | undefined;
  #hasReported = false;

  /** @param onProblem is called once: what is wrong with one part tends to be wrong with the next. */
  constructor(onProblem: (problem: LogProblem) => void) {
    this.#onProblem = onProblem;
  }

  add(path: string): void {
    if (this.#waiting.length >= maxWaiting) return;
    this.#waiting.push(path);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** Resolves when nothing waits any longer. Never rejects. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async #work(): Promise<void> {
    for (let path = this.#waiting.shift(); path !== undefined; path = this.#waiting.shift()) {
      await pack(path).catch((error: unknown) => this.#report(error));
    }
  }

  #report(error: unknown): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    const message = `a closed event log could not be packed: ${String(error)}`;
    this.#onProblem({ code: 'E_LOG_PACK', message, retryable: false });
  }
}

async function pack(path: string): Promise<void> {
  const half = `${path}${PACKED}.half`;
  try {
    // A name that came to the disk before the content would stand for an empty file after a power cut.
    const sink = createWriteStream(half, { mode: 0o600, flush: true });
    await pipeline(createReadStream(path), createBrotliCompress(QUALITY), sink);
    await rename(half, `${path}${PACKED}`);
  } catch (error) {
    await unlink(half).catch(() => {});
    throw error;
  }
  await unlink(path);
}
