import type { EventObject } from 'xstate';
import type { LevelMeasured } from '../../machines/events.ts';
import { GreenroomError } from '../errors.ts';
import { isStimulus, type FileLine, type Stimulus } from './log-line.ts';
import { isEvent } from './log-line.schema.ts';
import { differencesOf, withDifferences, type NumberDifference } from './number-differences.ts';

/** How long a window of the level port is; one of another length has its distance written down. */
const windowMs = 100;

type InputLine = Stimulus & { readonly kind: 'input' };
/** An input line whose event is the level of one window. */
type WindowLine = InputLine & { readonly event: LevelMeasured };

/** An input in short: `[actor, dt, ...]`, where `dt` is the time since the stimulus before. */
type ShortInput =
  | readonly [actor: number, dt: number, level: number, distanceMs?: number]
  | readonly [actor: number, dt: number, differences: readonly NumberDifference[]];

/**
 * What both ends of a file know of the inputs before, so that one that comes again and again needs only
 * what is new.
 *
 * A window: `[actor, dt, rms x 10^4]`, and as a fourth number the distance to the actor's window before
 * where that is not 100 ms. Any other input that differs from the actor's last one in its numbers alone,
 * such as a sample of statistics: `[actor, dt, [differences]]`. The first of each actor is written in full.
 */
export class InputMemory {
  #seq = 0;
  #t = 0;
  readonly #windowAtByActor = new Map<number, number>();
  readonly #eventByActor = new Map<number, EventObject>();

  /** To be called with each line after it was written or read. A head and a checkpoint begin the memory anew. */
  keep(line: FileLine): void {
    if (line.kind === 'head' || line.kind === 'checkpoint') {
      this.#windowAtByActor.clear();
      this.#eventByActor.clear();
    }
    if (line.kind === 'ended') {
      this.#windowAtByActor.delete(line.actor);
      this.#eventByActor.delete(line.actor);
    }
    if (!isStimulus(line) && line.kind !== 'checkpoint') return;
    this.#seq = line.seq;
    this.#t = line.t;
    if (line.kind !== 'input') return;
    if (isWindowLine(line)) this.#windowAtByActor.set(line.actor, line.event.at);
    else this.#eventByActor.set(line.actor, line.event);
  }

  /** Undefined where the line has to be written in full. */
  shorten(line: FileLine): ShortInput | undefined {
    if (line.kind !== 'input' || line.seq !== this.#seq + 1) return undefined;
    if (isWindowLine(line)) return this.#shortenWindow(line);
    const before = this.#eventByActor.get(line.actor);
    const differences = before && differencesOf(before, line.event);
    return differences && [line.actor, line.t - this.#t, differences];
  }

  #shortenWindow({ actor, t, event }: WindowLine): ShortInput | undefined {
    const lastAt = this.#windowAtByActor.get(actor);
    const level = Math.round(event.rms * 1e4);
    if (lastAt === undefined || level / 1e4 !== event.rms) return undefined;
    const distanceMs = event.at - lastAt;
    const dt = t - this.#t;
    return distanceMs === windowMs ? [actor, dt, level] : [actor, dt, level, distanceMs];
  }

  /**
   * Reads a window as most of them are written, without making anything but its line: most lines of a log
   * are such. Undefined where the text is anything else. Throws `E_LOG_FORMAT` where nothing before fits.
   */
  readWindow(text: string): InputLine | undefined {
    if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
    const first = text.indexOf(',');
    const second = text.indexOf(',', first + 1);
    const actor = readCount(text, 1, first);
    const dt = readCount(text, first + 1, second);
    const level = readCount(text, second + 1, text.length - 1);
    return Number.isNaN(actor + dt + level) ? undefined : this.lengthen([actor, dt, level]);
  }

  /** Throws `E_LOG_FORMAT` where nothing before fits. */
  lengthen(short: ShortInput): InputLine {
    const [actor, dt, news, distanceMs] = short;
    const event =
      typeof news === 'number'
        ? this.#windowOf(actor, news, distanceMs)
        : this.#eventOf(actor, news);
    return { kind: 'input', seq: this.#seq + 1, t: this.#t + dt, actor, event };
  }

  #windowOf(actor: number, level: number, distanceMs = windowMs): LevelMeasured {
    const lastAt = this.#windowAtByActor.get(actor);
    if (lastAt === undefined) {
      throw new GreenroomError('E_LOG_FORMAT', `a window of actor ${actor}, which had none before`);
    }
    return { type: 'audio.levelMeasured', rms: level / 1e4, at: lastAt + distanceMs };
  }

  #eventOf(actor: number, differences: readonly (number | string)[]): EventObject {
    const before = this.#eventByActor.get(actor);
    const event = withDifferences(before, differences);
    if (!isEvent(event)) {
      throw new GreenroomError(
        'E_LOG_FORMAT',
        `${differences.length} differences to an input of actor ${actor} that does not fit them`,
      );
    }
    return event;
  }
}

function isWindowLine(line: InputLine): line is WindowLine {
  if (line.event.type !== 'audio.levelMeasured') return false;
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

const ZERO = '0'.charCodeAt(0);
/** Any number of so many digits is a safe integer. */
const MAX_DIGITS = 15;

/** NaN where something else than a count as JSON writes it stands there. */
function readCount(text: string, from: number, to: number): number {
  const digits = to - from;
  if (digits < 1 || digits > MAX_DIGITS) return NaN;
  if (digits > 1 && text.charCodeAt(from) === ZERO) return NaN;
  let count = 0;
  for (let place = from; place < to; place += 1) {
    const digit = text.charCodeAt(place) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    count = count * 10 + digit;
  }
  return count;
}

/** By hand, because most lines of a log are such. Throws `E_LOG_FORMAT`. */
export function readShortInput(json: readonly unknown[]): ShortInput {
  const [actor, dt, news, distanceMs] = json;
  if (isCount(actor) && isCount(dt)) {
    if (json.length === 3 && isCount(news)) return [actor, dt, news];
    if (json.length === 4 && isCount(news) && isWhole(distanceMs)) {
      return [actor, dt, news, distanceMs];
    }
    if (json.length === 3 && isDifferences(news)) return [actor, dt, news];
  }
  throw new GreenroomError(
    'E_LOG_FORMAT',
    `found ${JSON.stringify(json).slice(0, 80)}, expected an input in short: ` +
      '[actor, ms, level, distance] or [actor, ms, [differences]]',
  );
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

const isCount = (value: unknown): value is number => isWhole(value) && value >= 0;

const isDifferences = (news: unknown): news is readonly NumberDifference[] =>
  Array.isArray(news) &&
  news.every(
    (each) =>
      isWhole(each) || (typeof each === 'string' && each !== '' && Number.isFinite(Number(each))),
  );
