import { Writable } from 'node:stream';
import { createLogger } from '../../src/io/logger.ts';
import type { WorkerSettings } from '../../src/io/settings.ts';

/** Where a test has output written, to read it. */
export class TextSink extends Writable {
  text = '';
  isTTY = false;
  columns = 80;
  rows = 24;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }

  get lines(): string[] {
    return this.text.split('\n').filter((line) => line !== '');
  }
}

/** A logger that writes there, without the mask of secrets: a test sees what would get as far as it. */
export const loggerInto = (
  destination: TextSink,
  LOG_LEVEL: WorkerSettings['LOG_LEVEL'] = 'debug',
) => createLogger({ LOG_LEVEL, LOG_PII: true, secrets: [], isPretty: false, destination });
