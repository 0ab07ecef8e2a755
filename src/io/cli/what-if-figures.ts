import { isRecord, isSame } from '../event-log/plain-json.ts';

/** A figure of two summaries; undefined where one has none of that name. */
export type Figure = {
  /** Where it stands, from the outside in: `['compliance', 'counts', 'guarantee', 'count']`. */
  readonly path: readonly string[];
  readonly recorded: unknown;
  readonly now: unknown;
};

/**
 * What differs within two values: of lists and groups only those of their figures that are not the same.
 *
 * An entry of a list goes by its first field where that is a text, as the name or the identity mostly is,
 * and else by its place.
 */
export function differingFigures({ path, recorded, now }: Figure): readonly Figure[] {
  if (isSame(recorded, now)) return [];
  if (!isRecord(recorded) || !isRecord(now)) return [{ path, recorded, now }];
  const [before, after] = [entriesOf(recorded), entriesOf(now)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) =>
    differingFigures({ path: [...path, name], recorded: before.get(name), now: after.get(name) }),
  );
}

/** The figures in it by their names, each name once. */
function entriesOf(value: object): ReadonlyMap<string, unknown> {
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const entries = new Map<string, unknown>();
  const elements: readonly unknown[] = value;
  for (const [index, element] of elements.entries()) {
    const name = nameOf(element) ?? String(index + 1);
    entries.set(entries.has(name) ? `${name} (${index + 1})` : name, element);
  }
  return entries;
}

function nameOf(element: unknown): string | null {
  const first: unknown = isRecord(element) ? Object.values(element)[0] : element;
  return typeof first === 'string' && first !== '' ? first : null;
}
