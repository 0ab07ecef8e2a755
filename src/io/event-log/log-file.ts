import { close, mkdirSync, openSync, write, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const writeAt = promisify(write);
const closeFile = promisify(close);

/** A file that is written from its beginning, one batch at a time. */
export class LogFile {
  readonly #fd: number;
  #position = 0;
  #underWay: Buffer | undefined;
  #isOpen = true;

  /** The descriptor belongs to this object from here on. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Makes a new file for its owner alone, and the folder where it is missing. Throws `EEXIST`. */
  static create(path: string): LogFile {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return new LogFile(openSync(path, 'wx', 0o600));
  }

  get sizeBytes(): number {
    return this.#position;
  }

  /** Rejects with the system's error. The next call waits for the end of the one before. */
  async append(text: string): Promise<void> {
    const batch = Buffer.from(text);
    this.#underWay = batch;
    for (let done = 0; done < batch.length;) {
      const at = this.#position + done;
      const { bytesWritten } = await writeAt(this.#fd, batch, done, batch.length - done, at);
      done += bytesWritten;
    }
    this.#underWay = undefined;
    this.#position += batch.length;
  }

  /**
   * For the exit of the process: blocks. A batch that is under way is written once more at its own
   * place, because nobody can wait for it any longer.
   */
  appendSync(text: string): void {
    const rest = Buffer.concat([this.#underWay ?? Buffer.alloc(0), Buffer.from(text)]);
    for (let done = 0; done < rest.length;) {
      done += writeSync(this.#fd, rest, done, rest.length - done, this.#position + done);
    }
    this.#underWay = undefined;
    this.#position += rest.length;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  close(): Promise<void> {
    this.#isOpen = false;
    return closeFile(this.#fd);
  }
}
