import type { Mark, SystemRow } from '../../../../src/io/inspect/protocol.ts';
import { addressKey, type Lane, type ModelRow } from './timeline-model.ts';

type Placed = { readonly y: number; readonly height: number; readonly label: string };

/** A line of a timeline, from its left to its right. */
export type TimelineLine =
  /** A job or worker; marks of it that belong to no row stand there. */
  | (Placed & {
      readonly kind: 'system';
      readonly system: string;
      readonly marks: readonly Mark[];
    })
  /** A region of an actor; the first one of a row names the actor. */
  | (Placed & {
      readonly kind: 'lane';
      readonly row: ModelRow;
      readonly lane: Lane;
      readonly depth: number;
      readonly isFirst: boolean;
    })
  | (Placed & { readonly kind: 'marks'; readonly row: ModelRow; readonly marks: readonly Mark[] })
  | (Placed & { readonly kind: 'levels'; readonly system: string });

type Unplaced = TimelineLine extends infer Line
  ? Line extends TimelineLine
    ? Omit<Line, 'y'>
    : never
  : never;

export type LinesInput = {
  readonly rows: readonly ModelRow[];
  readonly marks: readonly Mark[];
  readonly systems: ReadonlyMap<string, SystemRow>;
  /** Whose levels are known. */
  readonly measured: readonly string[];
};

const LANE_PX = 18;
const SYSTEM_PX = 22;
const MARKS_PX = 16;
const LEVELS_PX = 46;

/** Lines from the top down: of each system its actors as in the tree, and then its levels. */
export function timelineLines(input: LinesInput): readonly TimelineLine[] {
  const bySystem = groupBy(input.rows, ({ system }) => system);
  // A mark's text ends where the next mark stands.
  const marks = input.marks.toSorted((one, other) => one.at - other.at);
  const marksOf = groupBy(marks, addressKey);
  let y = 0;
  return [...bySystem].flatMap(([system, rows]) =>
    systemLines(system, rows, marksOf, { ...input, marks }).map((line): TimelineLine => {
      const placed = { ...line, y };
      y += line.height;
      return placed;
    }),
  );
}

export const heightOf = (lines: readonly TimelineLine[]): number => {
  const last = lines.at(-1);
  return last ? last.y + last.height : 0;
};

/** Those that are seen, in order. */
export const linesBetween = (
  lines: readonly TimelineLine[],
  top: number,
  bottom: number,
): readonly TimelineLine[] => lines.filter(({ y, height }) => y + height > top && y < bottom);

function systemLines(
  system: string,
  rows: readonly ModelRow[],
  marksOf: ReadonlyMap<string, readonly Mark[]>,
  { marks, systems, measured }: LinesInput,
): readonly Unplaced[] {
  const keys = new Set(rows.map(addressKey));
  const stray = marks.filter((mark) => mark.system === system && !keys.has(addressKey(mark)));
  const head: Unplaced = {
    ...{ kind: 'system', system, marks: stray, height: SYSTEM_PX },
    label: systemLabel(system, systems.get(system)),
  };
  const levels: Unplaced = { kind: 'levels', system, height: LEVELS_PX, label: 'level, fps' };
  const inOrder = rows.toSorted((one, other) => compareParts(one.path, other.path));
  return [
    head,
    ...inOrder.flatMap((row) => rowLines(row, marksOf.get(addressKey(row)) ?? [])),
    ...(measured.includes(system) ? [levels] : []),
  ];
}

function rowLines(row: ModelRow, marks: readonly Mark[]): readonly Unplaced[] {
  const depth = row.path.split('/').length - 1;
  const lanes = row.lanes.toSorted(
    (one, other) => Number(one.name !== '') - Number(other.name !== ''),
  );
  const lines = lanes.map((lane, index): Unplaced => {
    const region = lane.name.slice(lane.name.lastIndexOf('.') + 1);
    const isFirst = index === 0;
    const label = !isFirst ? region : region === '' ? row.name : `${row.name} ${region}`;
    return { kind: 'lane', row, lane, depth, isFirst, height: LANE_PX, label };
  });
  if (marks.length === 0) return lines;
  return [...lines, { kind: 'marks', row, marks, height: MARKS_PX, label: 'marks' }];
}

function systemLabel(id: string, system: SystemRow | undefined): string {
  if (!system) return id;
  if (system.kind === 'worker') return `worker ${id}`;
  // All of a timeline is of one room: who and which agent tell its jobs apart.
  return [system.identity, system.agent, id].filter((part) => part !== null).join(' · ');
}

/** A parent comes before what is below it, and that before its next sibling. */
function compareParts(one: string, other: string): number {
  const [left, right] = [one.split('/'), other.split('/')];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const order = (left[index] ?? '').localeCompare(right[index] ?? '', 'en', { numeric: true });
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function groupBy<TItem>(
  items: readonly TItem[],
  keyOf: (item: TItem) => string,
): ReadonlyMap<string, readonly TItem[]> {
  const groups = new Map<string, TItem[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
