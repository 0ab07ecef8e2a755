import type { ComparedLog } from './compare-log.ts';
import { problemReport, type ProblemReport } from './problem-report.ts';
import type { Walk } from './walk-logs.ts';

/** What a replay found of one log. */
export type LogReport =
  | ({ readonly path: string; readonly result: 'same' | 'different' } & ComparedLog)
  | ({ readonly result: 'unreadable' } & ProblemReport);

/** So many differences are told with the way to them: a report of thousands is to fit into memory, too. */
export const MAX_WHOLE_REPORTS = 100;

/** The same without the states and steps that led to the difference. */
export const withoutItsWay = (compared: ComparedLog): ComparedLog =>
  compared.divergence
    ? { ...compared, divergence: { ...compared.divergence, states: [], before: [] } }
    : compared;

/** The document of `greenroom replay --json`. Times are milliseconds. */
export type CompareReport = {
  readonly version: 1;
  /** 0 all the same, 1 something differs, 2 something is unreadable; 130, 143: ended by a signal. */
  readonly exitCode: number;
  /**
   * Those that were looked at, in the order of their names; the unreadable ones last. From the 101st
   * that differs on, a difference is told without `states` and `before`.
   */
  readonly logs: readonly LogReport[];
  readonly totals: {
    readonly same: number;
    readonly different: number;
    readonly unreadable: number;
    /** Of those that are the same: their writer was killed within the last line. */
    readonly torn: number;
    /** Of those that are the same: without an end, because they are still written or their writer was killed. */
    readonly open: number;
    readonly stimuli: number;
    readonly durationMs: number;
    /** Null where it took no time that can be told. */
    readonly stimuliPerSecond: number | null;
  };
};

/** Sums up a walk over logs that were compared. */
export function reportComparison(
  { results, unreadable, interruptedBy }: Walk<ComparedLog>,
  durationMs: number,
): CompareReport {
  const compared = results.map(({ path, result }): LogReport => {
    const verdict = result.divergence ? 'different' : 'same';
    return { path, result: verdict, ...result };
  });
  const failed = unreadable.map((noLog): LogReport => ({
    result: 'unreadable',
    ...problemReport(noLog),
  }));
  const logs = [...compared, ...failed];
  const count = (wanted: LogReport['result']) =>
    logs.filter(({ result }) => result === wanted).length;
  const endings = results.map(({ result }) => result.ending);
  const stimuli = results.reduce((sum, { result }) => sum + result.stimuli, 0);
  const worst = failed.length > 0 ? 2 : count('different') > 0 ? 1 : 0;
  return {
    version: 1,
    exitCode: interruptedBy ?? worst,
    logs,
    totals: {
      same: count('same'),
      different: count('different'),
      unreadable: failed.length,
      torn: endings.filter((ending) => ending === 'torn').length,
      open: endings.filter((ending) => ending === 'open').length,
      stimuli,
      durationMs,
      stimuliPerSecond: durationMs > 0 ? Math.round((stimuli / durationMs) * 1_000) : null,
    },
  };
}
