/** A soak in words and tables. */
import type { Result } from './results.ts';
import type { Fate } from './soak-guests.ts';
import {
  afterWarmUp,
  boundedFigures,
  joinsUntil,
  type BoundedFigure,
  type SoakRow,
  type Verdict,
} from './soak-verdict.ts';

const BYTES_PER_KIB = 2 ** 10;
const BYTES_PER_MIB = 2 ** 20;
const BYTES_PER_GIB = 2 ** 30;
const SHOWN_ROWS = 12;

const mib = (bytes: number): string => (bytes / BYTES_PER_MIB).toFixed(1);

const columns: readonly (readonly [title: string, cell: (row: SoakRow) => string])[] = [
  ['minute', ({ minute }) => minute.toFixed(0)],
  ['joins', ({ joins }) => String(joins)],
  ['sessions', ({ liveSessions }) => String(liveSessions)],
  ['RSS MiB', ({ rssBytes }) => mib(rssBytes)],
  ['heap MiB', ({ heapUsedBytes }) => mib(heapUsedBytes)],
  ['native MiB', ({ nativeBytes }) => mib(nativeBytes)],
  ['fds', ({ files }) => String(files)],
  ['media handles', ({ mediaHandles }) => String(mediaHandles)],
  ['actors', ({ actors }) => String(actors)],
  ['timers', ({ timers }) => String(timers)],
];

const CELL_WIDTH = 14;
const lineOf = (cells: readonly string[]): string =>
  cells.map((cell) => cell.padStart(CELL_WIDTH)).join('');

export const rowTitle = lineOf(columns.map(([title]) => title));
export const rowLine = (row: SoakRow): string => lineOf(columns.map(([, cell]) => cell(row)));

const figureNames: Readonly<Record<BoundedFigure, string>> = {
  heapUsedBytes: 'heap, KiB',
  files: 'file descriptors',
  mediaHandles: 'media handles',
  actors: 'actors',
  timers: 'timers',
};

type SoakParts = {
  readonly command: string;
  readonly rows: readonly SoakRow[];
  readonly fates: ReadonlyMap<Fate, number>;
  readonly verdict: Verdict;
};

export function soakResult({ command, rows, fates, verdict }: SoakParts): Result {
  return {
    title: 'soak',
    command,
    tables: [
      { head: columns.map(([title]) => title), rows: shownRows(rows).map(toCells) },
      {
        head: ['for 1,000 joins', 'growth', '±', 'tolerated', 'verdict'],
        rows: boundedFigures.map((figure) => toGrowthCells(figure, verdict)),
      },
    ],
    notes: [outcomeLine(verdict), ...memoryLines(rows, verdict), fatesLine(fates), method],
  };
}

const toCells = (row: SoakRow): string[] => columns.map(([, cell]) => cell(row));

/** The first, the last, and some between. */
function shownRows(rows: readonly SoakRow[]): readonly SoakRow[] {
  const step = Math.ceil(rows.length / SHOWN_ROWS);
  return rows.filter((_, index) => index % step === 0 || index === rows.length - 1);
}

function toGrowthCells(figure: BoundedFigure, { bounded }: Verdict): string[] {
  const { slope, slopeError, tolerance, grows } = bounded[figure];
  const unit = figure === 'heapUsedBytes' ? BYTES_PER_KIB : 1;
  const shown = (value: number): string => ((value * 1_000) / unit).toFixed(1);
  return [
    figureNames[figure],
    shown(slope),
    shown(slopeError),
    shown(tolerance),
    grows ? 'GROWS' : 'does not grow',
  ];
}

function outcomeLine({ outcome, failures }: Verdict): string {
  switch (outcome) {
    case 'pass':
      return 'Verdict: PASS. Nothing of ours grows with the joins.';
    case 'fail':
      return `Verdict: FAIL. ${failures.join(' ')}`;
    case 'too_short':
      return 'Verdict: none, the run was too short to tell a slope from chance.';
  }
}

function memoryLines(rows: readonly SoakRow[], { rss, native }: Verdict): string[] {
  const kib = (bytes: number): string => `${(bytes / BYTES_PER_KIB).toFixed(0)} KiB`;
  const reached = [1, 2, 4].flatMap((gib) => {
    const joins = joinsUntil(gib * BYTES_PER_GIB, rows);
    return joins === null ? [] : [`MAX_RSS=${gib}GiB after ${joins} joins`];
  });
  return [
    `Native memory grows by ${kib(native.slope)} (± ${kib(native.slopeError)}) a join, RSS by ${kib(rss.slope)}: what leaks of native rooms is known upstream (livekit/rust-sdks#1405, #1377, #1378; livekit/node-sdks#514). This run does not tell that from native memory which we would hold without a handle or listener.`,
    reached.length > 0
      ? `At this rate a worker of this load comes to ${reached.join(', ')}.`
      : 'Resident memory does not grow: neither MAX_RSS nor MAX_JOBS_TOTAL would be reached by it.',
    `Slopes: least squares over the rows from minute ${afterWarmUp(rows)[0]?.minute ?? 0} on, over the joins, beside the number of live sessions.`,
  ];
}

function fatesLine(fates: ReadonlyMap<Fate, number>): string {
  const count = (fate: Fate): number => fates.get(fate) ?? 0;
  return `Sessions: ${count('ended')} ended as they should, ${count('never_joined')} never joined, ${count('never_ended')} did not end within 20 s, ${count('broke')} broke otherwise.`;
}

const method =
  'A room each with one guest, of whom 70 % talk; 75 % monitored in full, the others basic; each for 5 to 15 s, ended by a leave, a deleted dispatch or a deleted room. Heap: in use after a full collection, before each row.';
