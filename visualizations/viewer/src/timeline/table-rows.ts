import type { Mark } from '../../../../src/io/inspect/protocol.ts';
import type { TimeView } from './time-view.ts';
import type { TimelineLine } from './timeline-lines.ts';

export type TableRow = {
  readonly from: number;
  readonly to: number | null;
  readonly place: string;
  readonly region: string;
  readonly states: readonly string[];
  readonly mark: Mark | null;
};

const MAX_ROWS = 300;

/** States and marks between two times, the newest first; `left`: so many older ones are not among them. */
export function tableRows(
  lines: readonly TimelineLine[],
  view: TimeView,
): { readonly rows: readonly TableRow[]; readonly left: number } {
  const all = lines.flatMap(rowsOf).filter(({ from, to, mark }) => {
    const end = mark ? from : (to ?? Infinity);
    return from <= view.to && end >= view.from;
  });
  const sorted = all.sort((one, other) => other.from - one.from);
  return { rows: sorted.slice(0, MAX_ROWS), left: Math.max(0, sorted.length - MAX_ROWS) };
}

function rowsOf(line: TimelineLine): readonly TableRow[] {
  switch (line.kind) {
    case 'lane':
      return line.lane.segments.map(({ lane, states, from, to }) => ({
        ...{ from, to, states },
        place: line.row.name,
        region: lane,
        mark: null,
      }));
    case 'marks':
    case 'system':
      return line.marks.map((mark) => ({
        from: mark.at,
        to: mark.at,
        place: line.kind === 'marks' ? line.row.name : line.label,
        region: '',
        states: [],
        mark,
      }));
    case 'levels':
      return [];
  }
}
