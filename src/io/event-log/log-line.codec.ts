import type { StateValue } from 'xstate';
import { z } from 'zod';
import type { LevelMeasured } from '../../machines/events.ts';
import { GreenroomError } from '../errors.ts';
import { isStimulus, logVersion, type FileLine, type Stimulus } from './log-line.ts';

/** How long a window of the level port is; one of another length has its distance written down. */
const windowMs = 100;

/** An input line whose event is the level of one window. */
type WindowLine = Stimulus & { readonly kind: 'input'; readonly event: LevelMeasured };

/**
 * What both ends of a file know after each line, so that a window needs only what is new:
 * `[actor, dt, rms x 10^4]`, and as a fourth number the distance to the actor's window before where
 * that is not 100 ms. The first window of an actor is written in full.
 */
class WindowState {
  #seq = 0;
  #t = 0;
  readonly #atByActor = new Map<number, number>();

  note(line: FileLine): void {
    if (line.kind === 'head') this.#atByActor.clear();
    if (line.kind === 'ended') this.#atByActor.delete(line.actor);
    if (!isStimulus(line)) return;
    this.#seq = line.seq;
    this.#t = line.t;
    if (isWindowLine(line)) this.#atByActor.set(line.actor, line.event.at);
  }

  shorten(line: FileLine): readonly number[] | undefined {
    if (!isWindowLine(line) || line.seq !== this.#seq + 1) return undefined;
    const { actor, t, event } = line;
    const lastAt = this.#atByActor.get(actor);
    const level = Math.round(event.rms * 1e4);
    if (lastAt === undefined || level / 1e4 !== event.rms) return undefined;
    const distanceMs = event.at - lastAt;
    const short = [actor, t - this.#t, level];
    return distanceMs === windowMs ? short : [...short, distanceMs];
  }

  lengthen([actor, dt, level, distanceMs]: ShortWindow): WindowLine {
    const lastAt = this.#atByActor.get(actor);
    if (lastAt === undefined) {
      throw new GreenroomError('E_LOG_FORMAT', `a window of actor ${actor}, which had none before`);
    }
    return {
      kind: 'input',
      seq: this.#seq + 1,
      t: this.#t + dt,
      actor,
      event: {
        type: 'audio.levelMeasured',
        rms: level / 1e4,
        at: lastAt + (distanceMs ?? windowMs),
      },
    };
  }
}

/** Writes the lines of one file in their order. A head begins a new file. */
export class LineEncoder {
  readonly #windows = new WindowState();

  /** The line must be plain finite JSON (`LineCheck`). */
  encode(line: FileLine): string {
    const text = JSON.stringify(this.#windows.shorten(line) ?? line);
    this.#windows.note(line);
    return text;
  }
}

/** Reads what a `LineEncoder` wrote, in the same order. */
export class LineDecoder {
  readonly #windows = new WindowState();

  /** Throws `E_LOG_FORMAT`, which says what is wrong with the line. */
  decode(text: string): FileLine {
    const line = this.#parse(parseJson(text));
    this.#windows.note(line);
    return line;
  }

  #parse(json: unknown): FileLine {
    if (Array.isArray(json)) {
      return this.#windows.lengthen(check(shortWindow, json));
    }
    return check(fileLine, json);
  }
}

function isWindowLine(line: FileLine): line is WindowLine {
  if (line.kind !== 'input' || line.event.type !== 'audio.levelMeasured') return false;
  const { event } = line;
  return (
    Object.keys(event).length === 3 &&
    'rms' in event &&
    typeof event.rms === 'number' &&
    event.rms >= 0 &&
    'at' in event &&
    Number.isSafeInteger(event.at)
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

type ShortWindow = z.infer<typeof shortWindow>;
const shortWindow = z.tuple([z.int(), z.int().min(0), z.int().min(0), z.int().optional()]);

const event = z.looseObject({ type: z.string() });
const count = z.int().min(0);
const about = { seq: count, actor: z.int().min(1) };
const step = { ...about, t: count };
const names = z.record(z.string(), z.string());
const values = z.record(z.string(), z.unknown());
const stateValue: z.ZodType<StateValue> = z.lazy(() =>
  z.union([z.string(), z.record(z.string(), stateValue)]),
);
const lineKinds = z.enum([
  'input',
  'sent',
  'stop',
  'timer',
  'actor',
  'state',
  'message',
  'command',
  'emitted',
  'ended',
]);

const fileLine: z.ZodType<FileLine> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('head'),
    version: z.literal(logVersion),
    part: z.int().min(1),
    rootId: z.string(),
    startedAt: z.int(),
    agent: z.string(),
    input: values,
    settings: values,
    versions: names,
    fingerprints: names,
  }),
  z.strictObject({ kind: z.literal('input'), ...step, event }),
  z.strictObject({ kind: z.literal('sent'), ...step, event }),
  z.strictObject({ kind: z.literal('stop'), ...step }),
  z.strictObject({
    kind: z.literal('timer'),
    ...step,
    timer: z.int().min(1),
    dueAt: z.number(),
    event: z.string(),
  }),
  z.strictObject({ kind: z.literal('actor'), ...about, path: z.string() }),
  z.strictObject({ kind: z.literal('state'), ...about, value: stateValue }),
  z.strictObject({ kind: z.literal('message'), ...about, event }),
  z.strictObject({ kind: z.literal('command'), ...about, event }),
  z.strictObject({ kind: z.literal('emitted'), ...about, event: z.unknown() }),
  z.strictObject({
    kind: z.literal('ended'),
    ...about,
    status: z.string(),
    context: z.unknown().optional(),
  }),
  z.strictObject({
    kind: z.literal('problem'),
    ...about,
    code: z.literal('E_LOG_PAYLOAD'),
    of: lineKinds,
    message: z.string(),
  }),
  z.strictObject({ kind: z.literal('dropped'), count: z.int().min(1) }),
  z.strictObject({ kind: z.literal('end'), lines: count, dropped: count }),
]);
