import type { AnyEventObject, EventObject, Snapshot } from 'xstate';
import { isRecord } from '../../event-log/plain-json.ts';

/** What is shown of a text: no secrets. */
export type Mask = (text: string) => string;

type Limits = {
  /** What is below is named and not shown. */
  readonly depth: number;
  /** Of one array or object; the rest is counted. */
  readonly entries: number;
  readonly textLength: number;
  /** Of all texts together; what comes after that is left out. */
  readonly length: number;
};

const MAX_TEXT_LENGTH = 4 * 1024;

const dataLimits: Limits = {
  depth: 10,
  entries: 200,
  textLength: MAX_TEXT_LENGTH,
  length: 64 * 1024,
};

/** One that is cut off cannot be drawn: beyond any that a person wrote. */
const definitionLimits: Limits = {
  depth: 60,
  entries: 10_000,
  textLength: 64 * 1024,
  length: 1024 * 1024,
};

/** A text that would be cut off is left out: half of a name is nobody's, and would be replaced by no word. */
export const wholeOrNothing: Mask = (text) =>
  text.length > MAX_TEXT_LENGTH ? `(left out: ${text.length} characters)` : text;

/** An event as it may leave the process: plain, masked and bounded, whatever a user's machine is sent. */
export function shownEvent(event: EventObject, mask: Mask): AnyEventObject {
  const shown = new Shown(mask, dataLimits).of(event);
  return { ...asFields(shown), type: mask(event.type) };
}

/** A snapshot as it may leave the process: plain, masked and bounded, whatever a user's context holds. */
export function shownSnapshot(snapshot: unknown, mask: Mask): Snapshot<unknown> {
  const fields = isRecord(snapshot) ? snapshot : { status: 'active' };
  const shown = new Shown(mask, dataLimits).of(fields);
  return { ...asFields(shown), status: fields['status'] } as Snapshot<unknown>;
}

/**
 * The definition of a machine as it may leave the process: its functions stay functions, of which the
 * inspector shows the names. What a context begins with is no part of it.
 */
export function shownDefinition(
  { ...config }: object,
  mask: Mask,
): Readonly<Record<string, unknown>> {
  Reflect.deleteProperty(config, 'context');
  return asFields(new Shown(mask, definitionLimits).of(config));
}

const asFields = (shown: unknown): Readonly<Record<string, unknown>> =>
  isRecord(shown) ? shown : { '(not shown)': shown };

/** Copies one value; what cannot be read is named in its place, and nothing is thrown but by the mask. */
class Shown {
  readonly #mask: Mask;
  readonly #limits: Limits;
  #left: number;

  constructor(mask: Mask, limits: Limits) {
    this.#mask = mask;
    this.#limits = limits;
    this.#left = limits.length;
  }

  of(value: unknown, depth = 0): unknown {
    if (this.#left <= 0) return '(left out: too much)';
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'object':
        return value === null ? null : this.#object(value, depth);
      case 'bigint':
      case 'symbol':
        return this.#text(String(value));
      default:
        this.#left -= 8;
        return value;
    }
  }

  #text(text: string): string {
    // Masked before it is cut off: half a secret is one, too.
    const masked = this.#mask(text);
    const { textLength } = this.#limits;
    const shown =
      masked.length > textLength
        ? `${masked.slice(0, textLength)}… (${masked.length} characters)`
        : masked;
    this.#left -= shown.length;
    return shown;
  }

  #object(value: object, depth: number): unknown {
    if (depth === this.#limits.depth) return Array.isArray(value) ? '(an array)' : '(an object)';
    const plain = read(() => plainOf(value));
    if (typeof plain !== 'object' || plain === null) return this.of(plain, depth);
    return Array.isArray(plain) ? this.#array(plain, depth) : this.#fields(plain, depth);
  }

  #array(values: readonly unknown[], depth: number): unknown {
    const { entries } = this.#limits;
    const shown = values.slice(0, entries).map((value) => this.of(value, depth + 1));
    return values.length > entries ? [...shown, `(${values.length - entries} more)`] : shown;
  }

  #fields(value: object, depth: number): unknown {
    const { entries } = this.#limits;
    const keys = Object.keys(value);
    const shown = keys.slice(0, entries).map((key): [string, unknown] => {
      const inner = read(() => Reflect.get(value, key) as unknown);
      return [this.#text(key), this.of(inner, depth + 1)];
    });
    if (keys.length > entries) shown.push(['…', `(${keys.length - entries} more)`]);
    return Object.fromEntries(shown);
  }
}

/** What a value says of itself: XState's snapshots and actors do, and errors have no fields. */
function plainOf(value: object): unknown {
  if (value instanceof Error) return String(value);
  const toJson: unknown = Reflect.get(value, 'toJSON');
  if (typeof toJson === 'function') return Reflect.apply(toJson, value, []);
  // An actor's logic that a definition holds in place: a machine would hold all of itself again.
  if ('getInitialSnapshot' in value) return 'id' in value ? value.id : '(logic)';
  return value;
}

/** A getter, or what says `toJSON`, is a user's code. */
function read(get: () => unknown): unknown {
  try {
    return get();
  } catch (cause) {
    return `(cannot be shown: ${cause instanceof Error ? cause.message : 'it throws'})`;
  }
}
