import type { Search } from './find.ts';
import { problemReport, type ProblemReport } from './problem-report.ts';
import type { Walk } from './walk-logs.ts';

/** The document of `greenroom replay --find … --json`. Times are milliseconds. */
export type FindReport = {
  readonly version: 1;
  /** 0 found, 1 found nowhere, 2 something is unreadable; 130, 143: ended by a signal. */
  readonly exitCode: number;
  readonly what: string;
  /** Logs in which it is found, in the order of their names, with the first step of each. */
  readonly found: readonly ({ readonly path: string } & NonNullable<Search['found']>)[];
  /** The others that can be read. */
  readonly notFound: readonly string[];
  /** Where it is found nowhere: what there is of that kind. */
  readonly names: readonly string[];
  readonly unreadable: readonly ProblemReport[];
  /** The file that has the first of them up to its step; null: none was asked for, or nothing found. */
  readonly fixture: string | null;
};

/** Sums up a walk over logs that were searched. */
export function reportFind(
  { results, unreadable, interruptedBy }: Walk<Search>,
  { what, fixture }: { readonly what: string; readonly fixture: string | null },
): FindReport {
  const found = results.flatMap(({ path, result }) =>
    result.found ? [{ path, ...result.found }] : [],
  );
  const names = results.flatMap(({ result }) => result.names);
  const verdict = found.length > 0 ? 0 : 1;
  return {
    version: 1,
    exitCode: interruptedBy ?? (unreadable.length > 0 ? 2 : verdict),
    what,
    found,
    notFound: results.filter(({ result }) => !result.found).map(({ path }) => path),
    names: found.length > 0 ? [] : [...new Set(names)].toSorted(),
    unreadable: unreadable.map(problemReport),
    fixture: found.length > 0 ? fixture : null,
  };
}
