import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GreenroomError } from '../errors.ts';
import type { FileLine, HeadLine } from './log-line.ts';
import { LineDecoder } from './log-line.codec.ts';

/** The writer was killed within its last line; all lines before are whole. */
export type TornLine = { readonly kind: 'torn' };

/** A whole log is made of lines far shorter than this: whatever is longer is no log. */
const maxLineLength = 16 * 1024 * 1024;

/**
 * Reads the lines of one log, from its first part to its last, one after the other.
 *
 * Throws `E_LOG_FORMAT`, which names file and line, and the system's error where a file cannot be
 * read. A last line that is torn becomes a `torn` line.
 *
 * @param path of any part, such as `AJ_x.1.jsonl`; a file of another name is read alone.
 */
export async function* readLog(path: string): AsyncGenerator<FileLine | TornLine> {
  const paths = await findParts(path);
  let head: HeadLine | undefined;
  for (const [index, partPath] of paths.entries()) {
    for await (const lines of readPart(partPath, index === paths.length - 1)) {
      for (const line of lines) {
        if (line.kind === 'head') {
          if (head && (line.startedAt !== head.startedAt || line.part !== index + 1)) {
            const whole = basename(paths[0] ?? path);
            throw formatError(partPath, 1, `not part ${index + 1} of the log that ${whole} begins`);
          }
          if (head) continue;
          head = line;
        }
        yield line;
      }
    }
  }
}

/** Many lines at a time, because a turn for each costs more than reading it. */
async function* readPart(path: string, isLast: boolean): AsyncGenerator<(FileLine | TornLine)[]> {
  const decoder = new LineDecoder();
  let lineNumber = 0;
  const decode = (text: string): FileLine => {
    lineNumber += 1;
    try {
      const line = decoder.decode(text);
      if (lineNumber > 1 || line.kind === 'head') return line;
      throw new GreenroomError('E_LOG_FORMAT', 'the first line of a log is its head');
    } catch (error) {
      if (error instanceof GreenroomError) throw formatError(path, lineNumber, error.message);
      throw error;
    }
  };

  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const texts = (rest + String(chunk)).split('\n');
    rest = texts.pop() ?? '';
    if (rest.length > maxLineLength) {
      throw formatError(path, lineNumber + texts.length + 1, 'too long for a line of a log');
    }
    yield texts.map(decode);
  }
  if (rest !== '') yield [isLast ? decodeLast(rest, decode) : decode(rest)];
}

/** A line without its end: of a process that was killed there. */
function decodeLast(text: string, decode: (text: string) => FileLine): FileLine | TornLine {
  try {
    return decode(text);
  } catch (error) {
    if (error instanceof GreenroomError) return { kind: 'torn' };
    throw error;
  }
}

async function findParts(path: string): Promise<string[]> {
  const [, stem] = /^(.+)\.\d+\.jsonl$/.exec(basename(path)) ?? [];
  if (stem === undefined) return [path];
  const folder = dirname(path);
  const partOf = (name: string) =>
    name.startsWith(`${stem}.`)
      ? Number(/^\.(\d+)\.jsonl$/.exec(name.slice(stem.length))?.[1])
      : NaN;
  const parts = (await readdir(folder)).map(partOf).filter((part) => part > 0);
  parts.sort((a, b) => a - b);
  const missing = parts.findIndex((part, index) => part !== index + 1);
  if (parts.length === 0 || missing >= 0) {
    const name = `${stem}.${Math.max(missing, 0) + 1}.jsonl`;
    throw new GreenroomError('E_LOG_FORMAT', `${name} is missing in ${folder}`);
  }
  return parts.map((part) => join(folder, `${stem}.${part}.jsonl`));
}

const formatError = (path: string, lineNumber: number, message: string): GreenroomError =>
  new GreenroomError('E_LOG_FORMAT', `${basename(path)}:${lineNumber}: ${message}`);
