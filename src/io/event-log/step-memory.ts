import type { WrittenLine } from './log-line.schema.ts';
import { isRecord } from './plain-json.ts';

/** Where an object stands in the event that a step began with: `['track']`, `['tracks', 0]`. */
type PartPath = readonly [field: string, index?: number];

/** An event as it is written: a part that the step's first event holds already is undefined, and stands apart. */
type ShortEvent = {
  readonly event: Readonly<Record<string, unknown>>;
  readonly parts: Readonly<Record<string, PartPath>>;
};

/** One step seldom says more; what is said beyond is written each time. */
const maxSaid = 16;

/**
 * The events that were said in the step under way, in their order: what both ends of a file know, so
 * that an actor that passes an event on costs a number, and one that passes on a part of it a path.
 *
 * Objects are told by identity, never by value: looking costs nothing then.
 */
export class StepMemory {
  #seq = -1;
  #said: unknown[] = [];

  /** To be called with each line, before its event is looked for. A head and a checkpoint begin anew. */
  enter(line: WrittenLine): void {
    const isBegin = line.kind === 'head' || line.kind === 'checkpoint';
    if (!isBegin && (!('seq' in line) || line.seq === this.#seq)) return;
    this.#seq = 'seq' in line ? line.seq : -1;
    if (this.#said.length > 0) this.#said = [];
  }

  /** To be called with each event that was written as itself. */
  keep(event: unknown): void {
    if (isRecord(event) && this.#said.length < maxSaid) this.#said.push(event);
  }

  placeOf(event: unknown): number | undefined {
    const place = isRecord(event) ? this.#said.indexOf(event) : -1;
    return place < 0 ? undefined : place;
  }

  said(place: number): unknown {
    return this.#said[place];
  }

  /** Undefined where the event shares nothing with the first of this step. */
  shorten(event: unknown): ShortEvent | undefined {
    const first = this.#said[0];
    if (!isRecord(first) || !isRecord(event) || Array.isArray(event)) return undefined;
    let short: ShortEvent | undefined;
    for (const [field, value] of Object.entries(event)) {
      const path = isRecord(value) ? pathIn(first, value) : undefined;
      if (!path) continue;
      short = {
        event: { ...(short?.event ?? event), [field]: undefined },
        parts: { ...short?.parts, [field]: path },
      };
    }
    return short;
  }

  /** Undefined where nothing stands at that place. */
  partAt([field, index]: PartPath): unknown {
    const first = this.#said[0];
    const value: unknown =
      isRecord(first) && Object.hasOwn(first, field) ? Reflect.get(first, field) : undefined;
    if (index === undefined) return value;
    return Array.isArray(value) ? value[index] : undefined;
  }
}

function pathIn(whole: Readonly<Record<string, unknown>>, part: unknown): PartPath | undefined {
  for (const field of Object.keys(whole)) {
    const value = whole[field];
    if (value === part) return [field];
    const index = Array.isArray(value) ? value.indexOf(part) : -1;
    if (index >= 0) return [field, index];
  }
  return undefined;
}
