import microdiff from 'microdiff';

/** A line of a difference: `-` recorded, `+` now, ` ` on both sides. */
export type DiffLine = { readonly sign: '-' | '+' | ' '; readonly text: string };

/** So many unchanged values are shown around a changed one. */
const CONTEXT = 1;
/** So many lines at most: a context has hundreds. */
const MAX_LINES = 30;

type Key = string | number;
type Leaf = { readonly path: readonly Key[]; readonly value: unknown };

/** What differs between two plain values, a line for each value in them, with a little around it. */
export function diffValues(recorded: object, now: object): readonly DiffLine[] {
  const changes = microdiff(recorded, now, { cyclesFix: false });
  const lines: DiffLine[] = [];
  const told = new Set<(typeof changes)[number]>();
  for (const { path, value } of leavesOf(recorded)) {
    const change = changes.find((change) => isWithin(path, change.path));
    lines.push({ sign: change ? '-' : ' ', text: textOf(path, value) });
    if (change?.type !== 'CHANGE' || told.has(change)) continue;
    told.add(change);
    lines.push(...added(change.path, change.value));
  }
  for (const change of changes) {
    if (change.type === 'CREATE') lines.push(...added(change.path, change.value));
  }
  return shorten(lines.filter((_, index) => isNearChange(lines, index)));
}

/** A value of which the other side has nothing. */
export const allOf = (value: object, sign: '-' | '+'): readonly DiffLine[] =>
  shorten(leavesOf(value).map((leaf) => ({ sign, text: textOf(leaf.path, leaf.value) })));

/** A plain value as one line for each value in it: `totals.turns: 3`. */
export const leafTexts = (value: unknown): readonly string[] =>
  leavesOf(value).map((leaf) => textOf(leaf.path, leaf.value));

const added = (path: readonly Key[], value: unknown): DiffLine[] =>
  leavesOf(value, path).map((leaf) => ({ sign: '+', text: textOf(leaf.path, leaf.value) }));

function leavesOf(value: unknown, path: readonly Key[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    return [{ path, value }];
  }
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

const isWithin = (path: readonly Key[], outer: readonly Key[]): boolean =>
  outer.every((key, index) => String(key) === String(path[index]));

const textOf = (path: readonly Key[], value: unknown): string =>
  `${path.join('.')}: ${value === undefined ? 'nothing' : JSON.stringify(value)}`;

const isNearChange = (lines: readonly DiffLine[], index: number): boolean =>
  lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' ');

function shorten(lines: readonly DiffLine[]): readonly DiffLine[] {
  if (lines.length <= MAX_LINES) return lines;
  const rest: DiffLine = { sign: ' ', text: `and ${lines.length - MAX_LINES} lines more` };
  return [...lines.slice(0, MAX_LINES), rest];
}
