/** What the rows of a soak say: whether anything grows with the joins, and when memory runs out. */
import { fitLine, type Fit } from './line-fit.ts';

export type SoakRow = {
  readonly minute: number;
  /** Rooms joined so far. */
  readonly joins: number;
  readonly liveSessions: number;
  readonly rssBytes: number;
  /** What is in use after a full collection. */
  readonly heapUsedBytes: number;
  /** Resident memory that is not the JavaScript heap. */
  readonly nativeBytes: number;
  readonly files: number;
  readonly mediaHandles: number;
  readonly actors: number;
  readonly timers: number;
};

type Figure = keyof Omit<SoakRow, 'minute' | 'joins' | 'liveSessions'>;

/** What may not grow, and how much growth with a join is still none: what is kept up to a limit. */
const tolerances = {
  heapUsedBytes: 1_024,
  files: 0.002,
  mediaHandles: 0.001,
  actors: 0.001,
  timers: 0.001,
} as const satisfies Partial<Record<Figure, number>>;

export type BoundedFigure = keyof typeof tolerances;
export const boundedFigures: readonly BoundedFigure[] = [
  'heapUsedBytes',
  'files',
  'mediaHandles',
  'actors',
  'timers',
];

/** Caches fill, and the native side takes what it keeps, in the first fifth of a run. */
const WARM_UP_SHARE = 0.2;
/** Fewer say nothing about a slope. */
const LEAST_ROWS = 6;
/** So many standard errors above what is tolerated are no chance any more. */
const SURE_ERRORS = 2;

type Growth = Fit & { readonly tolerance: number; readonly grows: boolean };

export type Verdict = {
  readonly outcome: 'pass' | 'fail' | 'too_short';
  /** Why not, in sentences; empty unless it failed. */
  readonly failures: readonly string[];
  readonly bounded: Readonly<Record<BoundedFigure, Growth>>;
  /** Bytes for each join. */
  readonly rss: Fit;
  readonly native: Fit;
};

/** @param rows in order; the first was taken before the first join. */
export function judgeSoak(rows: readonly SoakRow[]): Verdict {
  const settled = afterWarmUp(rows);
  const fit = (figure: Figure): Fit =>
    fitLine(settled.map((row) => ({ x: row.joins, beside: row.liveSessions, y: row[figure] })));
  const grow = (figure: BoundedFigure): Growth => {
    const { slope, slopeError } = fit(figure);
    const tolerance = tolerances[figure];
    return { slope, slopeError, tolerance, grows: slope - SURE_ERRORS * slopeError > tolerance };
  };
  const bounded = {
    heapUsedBytes: grow('heapUsedBytes'),
    files: grow('files'),
    mediaHandles: grow('mediaHandles'),
    actors: grow('actors'),
    timers: grow('timers'),
  };
  const failures = [
    ...boundedFigures
      .filter((figure) => bounded[figure].grows)
      .map((figure) => `${figure} grows with the joins.`),
    ...leftOver(rows),
  ];
  return {
    outcome: failures.length > 0 ? 'fail' : settled.length < LEAST_ROWS ? 'too_short' : 'pass',
    failures,
    bounded,
    rss: fit('rssBytes'),
    native: fit('nativeBytes'),
  };
}

export function afterWarmUp(rows: readonly SoakRow[]): readonly SoakRow[] {
  const minutes = rows.at(-1)?.minute ?? 0;
  return rows.filter(({ minute }) => minute > 0 && minute >= minutes * WARM_UP_SHARE);
}

/** Where the last row is one without sessions: what the worker did not have before its first one. */
function leftOver(rows: readonly SoakRow[]): string[] {
  const [first] = rows;
  const last = rows.at(-1);
  if (!first || !last || last.liveSessions > 0) return [];
  return (['mediaHandles', 'actors', 'timers'] as const)
    .filter((figure) => last[figure] > first[figure])
    .map(
      (figure) => `${figure}: ${last[figure] - first[figure]} more than before the first session.`,
    );
}

/** After how many joins resident memory comes to a limit; null where it does not grow. */
export function joinsUntil(limitBytes: number, rows: readonly SoakRow[]): number | null {
  const { slope } = judgeSoak(rows).rss;
  const last = rows.at(-1);
  if (!last || !(slope > 0)) return null;
  return Math.max(0, Math.round(last.joins + (limitBytes - last.rssBytes) / slope));
}
