import { GreenroomError } from '../errors.ts';
import type { FileLine } from './log-line.ts';
import { LineDecoder } from './log-line.codec.ts';
import { readTexts } from './part-texts.ts';
import { findParts, readLog, type TornLine } from './reader.ts';

/** How the line of a checkpoint begins. */
const CHECKPOINT = '{"kind":"checkpoint",';

/**
 * Reads what a resume needs of a log: its head, and all from its last checkpoint on. A log without
 * checkpoints is read whole.
 *
 * What stands before is searched, from the last part on, but not decoded, so that hours of a session cost
 * little.
 *
 * @param path of any part, as for `readLog`, and with its errors.
 */
export async function* readTail(path: string): AsyncGenerator<FileLine | TornLine> {
  const parts = await findParts(path);
  for (const [behind, part] of parts.toReversed().entries()) {
    const line = await lastCheckpointOf(part);
    if (line === undefined) continue;
    for (const [index, next] of parts.slice(-1 - behind).entries()) {
      const isLast = index === behind;
      yield* readPart(next, { from: index === 0 ? line : 2, withHead: index === 0, isLast });
    }
    return;
  }
  yield* readLog(path);
}

/** The number of the line; the first is 1. */
async function lastCheckpointOf(part: string): Promise<number | undefined> {
  let found: number | undefined;
  for await (const batch of readTexts(part)) {
    while (batch.hasNext) {
      // One that is torn is none.
      if (batch.begins(CHECKPOINT) && !batch.isTorn) found = batch.nextLine;
      batch.skip();
    }
  }
  return found;
}

type PartRange = {
  readonly from: number;
  /** The first line of each part is the head of the log. */
  readonly withHead: boolean;
  readonly isLast: boolean;
};

async function* readPart(
  part: string,
  { from, withHead, isLast }: PartRange,
): AsyncGenerator<FileLine | TornLine> {
  const decoder = new LineDecoder();
  for await (const batch of readTexts(part)) {
    while (batch.hasNext) {
      const number = batch.nextLine;
      if (number > 1 && number < from) {
        batch.skip();
        continue;
      }
      if (isLast && batch.isTorn) {
        yield { kind: 'torn' };
        return;
      }
      try {
        const line = decoder.decode(batch.take());
        if (number >= from || withHead) yield line;
      } catch (error) {
        if (error instanceof GreenroomError) throw batch.error(error.message);
        throw error;
      }
    }
  }
}
