import { isRecord } from './plain-json.ts';

/** How a number differs from the one before at its place; text: the number itself. */
export type NumberDifference = number | string;

/**
 * What is left of a value when the one before is known: a difference for each number, in the order in
 * which they stand. Undefined where anything but numbers differs.
 */
export function differencesOf(before: unknown, now: unknown): NumberDifference[] | undefined {
  const found: NumberDifference[] = [];
  return compare(before, now, found) ? found : undefined;
}

function compare(before: unknown, now: unknown, found: NumberDifference[]): boolean {
  if (typeof now === 'number') {
    if (typeof before !== 'number') return false;
    found.push(differenceOf(before, now));
    return true;
  }
  if (!isRecord(now) || !isRecord(before)) return before === now;
  if (Array.isArray(before) !== Array.isArray(now)) return false;
  const keys = Object.keys(now);
  const keysBefore = Object.keys(before);
  if (keys.length !== keysBefore.length) return false;
  for (const [place, key] of keys.entries()) {
    if (key !== keysBefore[place] || !compare(before[key], now[key], found)) return false;
  }
  return true;
}

/** Fractions are not told by their difference: it would not always lead back to them. */
const differenceOf = (before: number, now: number): NumberDifference =>
  Number.isSafeInteger(before) && Number.isSafeInteger(now) && Number.isSafeInteger(now - before)
    ? now - before
    : String(now);

/** The value that `differencesOf` was given. Undefined where these are not the differences of such a one. */
export function withDifferences(
  before: unknown,
  differences: readonly NumberDifference[],
): unknown {
  let place = 0;
  const next = (last: number): number => {
    const difference = differences[place];
    place += 1;
    return typeof difference === 'number' ? last + difference : Number(difference);
  };
  const now = rebuild(before, next);
  return place === differences.length ? now : undefined;
}

function rebuild(before: unknown, next: (last: number) => number): unknown {
  if (typeof before === 'number') return next(before);
  if (Array.isArray(before)) return before.map((item) => rebuild(item, next));
  if (!isRecord(before)) return before;
  // A copy has the fields at their places, in which only what may differ is put: far cheaper than entries.
  const now: Record<string, unknown> = { ...before };
  for (const key of Object.keys(before)) {
    const value = before[key];
    if (typeof value === 'number' || isRecord(value)) now[key] = rebuild(value, next);
  }
  return now;
}
