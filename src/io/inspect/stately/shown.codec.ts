import type { AnyEventObject, EventObject, Snapshot } from 'xstate';

/** Masks a text: secrets, and identities where they are pseudonyms. */
export type Mask = (text: string) => string;

/** Deeper than any context of ours; what is below is named and not shown. */
const MAX_DEPTH = 10;
/** Of one array or object; the rest is counted. */
const MAX_ENTRIES = 200;
const MAX_TEXT_LENGTH = 4 * 1024;
/** Of one snapshot or event: what would be beyond it is left out. */
const MAX_LENGTH = 64 * 1024;

/** An event as it may leave the process: plain, masked and bounded, whatever a user's machine is sent. */
export const shownEvent = (event: EventObject, mask: Mask): AnyEventObject =>
  new Shown(mask).of(event) as AnyEventObject;

/** A snapshot as it may leave the process: plain, masked and bounded, whatever a user's context holds. */
export const shownSnapshot = (snapshot: object, mask: Mask): Snapshot<unknown> =>
  new Shown(mask).of(snapshot) as Snapshot<unknown>;

/** Copies one value; what cannot be read is named in its place, and nothing is thrown. */
class Shown {
  readonly #mask: Mask;
  #left = MAX_LENGTH;

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  of(value: unknown, depth = 0): unknown {
    if (this.#left <= 0) return '(left out: too much)';
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
      case 'boolean':
      case 'undefined':
        this.#left -= 8;
        return value;
      case 'object':
        return value === null ? null : this.#object(value, depth);
      case 'function':
        return '(function)';
      default:
        return this.#text(String(value));
    }
  }

  #text(text: string): string {
    // What is cut off would not be masked: half a secret is one, too.
    const masked = this.#mask(text);
    const shown =
      masked.length > MAX_TEXT_LENGTH
        ? `${masked.slice(0, MAX_TEXT_LENGTH)}… (${masked.length} characters)`
        : masked;
    this.#left -= shown.length;
    return shown;
  }

  #object(value: object, depth: number): unknown {
    if (depth === MAX_DEPTH) return Array.isArray(value) ? '(an array)' : '(an object)';
    try {
      if (value instanceof Error) return this.#text(String(value));
      // XState's snapshots and actors say so what there is to see of them.
      const plain: unknown = 'toJSON' in value ? ownJson(value) : value;
      if (typeof plain !== 'object' || plain === null) return this.of(plain, depth);
      if (Array.isArray(plain)) return this.#array(plain, depth);
      return this.#fields(plain, depth);
    } catch (cause) {
      return this.#text(
        `(cannot be shown: ${cause instanceof Error ? cause.message : 'it throws'})`,
      );
    }
  }

  #array(values: readonly unknown[], depth: number): unknown {
    const shown = values.slice(0, MAX_ENTRIES).map((value) => this.of(value, depth + 1));
    return values.length > MAX_ENTRIES ? [...shown, rest(values.length)] : shown;
  }

  #fields(value: object, depth: number): unknown {
    const keys = Object.keys(value);
    const shown = keys
      .slice(0, MAX_ENTRIES)
      .map((key): [string, unknown] => [
        this.#text(key),
        this.of(Reflect.get(value, key), depth + 1),
      ]);
    return Object.fromEntries(
      keys.length > MAX_ENTRIES ? [...shown, ['…', rest(keys.length)]] : shown,
    );
  }
}

const rest = (length: number): string => `(${length - MAX_ENTRIES} more)`;

function ownJson(value: object): unknown {
  const toJson: unknown = Reflect.get(value, 'toJSON');
  return typeof toJson === 'function' ? Reflect.apply(toJson, value, []) : value;
}
