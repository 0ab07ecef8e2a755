import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { GreenroomError } from '../errors.ts';
import { isStimulus, type FileLine } from '../event-log/log-line.ts';
import { readLogName } from '../event-log/log-source.ts';
import type { OpenLog } from './walk-logs.ts';
import { writeLog } from './write-log.ts';

/**
 * Holds the place of a fixture against what a log's file may be, before a log is read.
 *
 * @throws GreenroomError `E_USAGE`: a file is there already, or no reader would take its name.
 */
export function checkFixturePath(path: string): void {
  const part = readLogName(basename(path))?.part ?? 1;
  if (!path.endsWith('.jsonl') || part !== 1) {
    throw new GreenroomError('E_USAGE', `${path} is no name for a fixture`, {
      remedy: 'Name it like poor-quality.jsonl, or like poor-quality.1.jsonl.',
    });
  }
  if (existsSync(path)) {
    throw new GreenroomError('E_USAGE', `${path} is there already`, {
      remedy: 'Choose another name, or delete the file: it may be a log.',
    });
  }
}

/**
 * Writes a log up to and with one step as a log of its own, which ends in order and replays like the
 * whole one.
 */
export async function writeFixture(path: string, log: OpenLog, seq: number): Promise<void> {
  await writeLog(path, linesUpTo(log, seq));
}

async function* linesUpTo({ lines }: OpenLog, seq: number): AsyncGenerator<FileLine> {
  let count = 0;
  for await (const line of lines()) {
    if (line.kind === 'torn' || line.kind === 'end') break;
    if (isStimulus(line) && line.seq > seq) break;
    // Taken when the next step began, which is not in the fixture.
    if (line.kind === 'checkpoint' && line.seq >= seq) break;
    if (line.kind !== 'head' && line.kind !== 'dropped') count += 1;
    yield line;
  }
  yield { kind: 'end', lines: count, dropped: 0 };
}
