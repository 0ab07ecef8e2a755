import type { z } from 'zod';
import { GreenroomError } from '../errors.ts';
import { InputMemory, readShortInput } from './input-memory.ts';
import { logVersion, type FileLine } from './log-line.ts';
import { isEvent, writtenLine, type WrittenTold } from './log-line.schema.ts';
import { isRecord } from './plain-json.ts';
import { StepMemory } from './step-memory.ts';

/** What follows from a stimulus and says something. */
type Told = Extract<FileLine, { readonly kind: 'message' | 'command' | 'emitted' }>;

/**
 * What both ends of a file know after each of its lines, so that the next one needs only what is new.
 *
 * What was said before in the same step is written as its place there: `"same":0` is the stimulus's own
 * event, and `"parts":{"stats":["tracks",1]}` puts `tracks[1]` of it into the field `stats`.
 */
class LineMemory {
  readonly #inputs = new InputMemory();
  readonly #step = new StepMemory();

  /** To be called with each line after it was written. */
  keep(line: FileLine): void {
    this.#step.enter(line);
    const isFirst = line.kind === 'input' || line.kind === 'sent';
    if (isFirst || (isTold(line) && this.#step.placeOf(line.event) === undefined)) {
      this.#step.keep(line.event);
    }
    this.#inputs.keep(line);
  }

  write(line: FileLine): string {
    this.#step.enter(line);
    if (isTold(line)) return this.#writeTold(line);
    return JSON.stringify(this.#inputs.shorten(line) ?? line);
  }

  /** Keeps the line, too. */
  read(text: string): FileLine {
    const line = this.#inputs.readWindow(text) ?? this.#readJson(parseJson(text));
    this.keep(line);
    return line;
  }

  #readJson(json: unknown): FileLine {
    if (Array.isArray(json)) return this.#inputs.lengthen(readShortInput(json));
    checkVersion(json);
    const line = check(writtenLine, json);
    this.#step.enter(line);
    return isTold(line) ? this.#lengthenTold(line) : line;
  }

  #writeTold(line: Told): string {
    const { kind, seq, actor, event } = line;
    const same = this.#step.placeOf(event);
    // By hand, because a poll is passed on as it is by all machines down to the tracks.
    if (same !== undefined)
      return `{"kind":"${kind}","seq":${seq},"actor":${actor},"same":${same}}`;
    const short = this.#step.shorten(event);
    return JSON.stringify(short ? { kind, seq, actor, ...short } : line);
  }

  #lengthenTold({ kind, seq, actor, event: written, same, parts }: WrittenTold): FileLine {
    const event = same === undefined ? this.#withParts(written, parts) : this.#step.said(same);
    if (kind === 'emitted' && event !== undefined) return { kind, seq, actor, event };
    if (kind !== 'emitted' && isEvent(event)) return { kind, seq, actor, event };
    throw new GreenroomError(
      'E_LOG_FORMAT',
      'event: an event with a type, or the place of one in its step',
    );
  }

  #withParts(event: unknown, parts: WrittenTold['parts']): unknown {
    if (!parts) return event;
    const whole = Object.entries(parts).map(([field, path]) => {
      const part = this.#step.partAt(path);
      if (part !== undefined) return [field, part] as const;
      throw new GreenroomError('E_LOG_FORMAT', `parts.${field}: its step has nothing there`);
    });
    return { ...(isRecord(event) && event), ...Object.fromEntries(whole) };
  }
}

/** Writes the lines of one file in their order. A head begins a new file. */
export class LineEncoder {
  readonly #memory = new LineMemory();

  /** The line must be plain finite JSON (`LineCheck`). */
  encode(line: FileLine): string {
    const text = this.#memory.write(line);
    this.#memory.keep(line);
    return text;
  }
}

/** Reads what a `LineEncoder` wrote, in the same order. */
export class LineDecoder {
  readonly #memory = new LineMemory();

  /** Throws `E_LOG_FORMAT`, which says what is wrong with the line. */
  decode(text: string): FileLine {
    return this.#memory.read(text);
  }

  /** How this line would stand here. One that does stand so needs no decoding, but has to be kept. */
  textOf(line: FileLine): string {
    return this.#memory.write(line);
  }

  /** To be called with each line that stands here and is not decoded. */
  keep(line: FileLine): void {
    this.#memory.keep(line);
  }
}

const isTold = <T extends { readonly kind: string }>(
  line: T,
): line is Extract<T, { readonly kind: 'message' | 'command' | 'emitted' }> =>
  line.kind === 'message' || line.kind === 'command' || line.kind === 'emitted';

/** Told before anything else of a line: a head of another version differs in more. */
function checkVersion(json: unknown): void {
  if (!isRecord(json) || Reflect.get(json, 'kind') !== 'head') return;
  const version: unknown = Reflect.get(json, 'version');
  if (version === logVersion) return;
  throw new GreenroomError(
    'E_LOG_FORMAT',
    `version: the log is of version ${JSON.stringify(version)}, and this greenroom reads version ${logVersion}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GreenroomError('E_LOG_FORMAT', `not JSON: ${text.slice(0, 80)}`);
  }
}

function check<T>(schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  throw new GreenroomError('E_LOG_FORMAT', `${where}${issue?.message ?? 'not a line of a log'}`);
}
