import { GreenroomError } from '../errors.ts';
import type { FileLine, HeadLine } from './log-line.ts';
import type { TornLine } from './reader.ts';

/** @throws GreenroomError `E_LOG_FORMAT` where the lines do not begin with the head of a log. */
export async function readHead(lines: AsyncIterable<FileLine | TornLine>): Promise<HeadLine> {
  for await (const line of lines) {
    if (line.kind === 'head') return line;
    break;
  }
  throw new GreenroomError('E_LOG_FORMAT', 'the file has no head: it is empty, or torn at once');
}
