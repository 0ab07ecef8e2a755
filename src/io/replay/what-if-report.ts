import type { Change } from './changed-head.ts';
import { problemReport, type ProblemReport } from './problem-report.ts';
import type { Walk } from './walk-logs.ts';
import type { WhatIf, WhatIfRun } from './what-if.ts';

/** What a change would have made of one log. Times of facts are milliseconds since its beginning. */
export type WhatIfLog = Omit<WhatIf, 'base' | 'changed' | 'drift'> & {
  readonly path: string;
  readonly base: WhatIfRunReport;
  readonly changed: WhatIfRunReport;
  /** How far the unchanged run is from the record, whose timers were late. */
  readonly drift: Omit<WhatIf['drift'], 'differences'>;
};

type WhatIfRunReport = Omit<WhatIfRun, 'timeInStates'> & {
  /** By actor and state, milliseconds. */
  readonly timeInStates: Readonly<Record<string, number>>;
};

/** The document of `greenroom replay --set … --json` and `--instead … --json`. */
export type WhatIfReport = {
  readonly version: 1;
  /** 0 also where much would have been different, 2 something is unreadable; 130, 143: ended by a signal. */
  readonly exitCode: number;
  readonly change: {
    readonly settings: Readonly<Record<string, string>>;
    /** The name of the agent in the place of the recorded one; null: the same. */
    readonly instead: string | null;
  };
  readonly logs: readonly WhatIfLog[];
  /** Logs that have none of the settings, and no agent. */
  readonly untouched: readonly string[];
  readonly unreadable: readonly ProblemReport[];
};

/** Sums up a walk over logs that were run with a change. */
export function reportWhatIf(
  { results, unreadable, interruptedBy }: Walk<WhatIf | null>,
  { settings, instead }: Change,
): WhatIfReport {
  return {
    version: 1,
    exitCode: interruptedBy ?? (unreadable.length > 0 ? 2 : 0),
    change: { settings, instead: instead?.name ?? null },
    logs: results.flatMap(({ path, result }) => (result ? [reportOf(path, result)] : [])),
    untouched: results.flatMap(({ path, result }) => (result ? [] : [path])),
    unreadable: unreadable.map(problemReport),
  };
}

function reportOf(path: string, { base, changed, drift, ...result }: WhatIf): WhatIfLog {
  const { same, counts, farthestMs } = drift;
  return {
    path,
    ...result,
    base: plain(base),
    changed: plain(changed),
    drift: { same, counts, farthestMs },
  };
}

const plain = ({ timeInStates, ...run }: WhatIfRun): WhatIfRunReport => ({
  ...run,
  timeInStates: Object.fromEntries(timeInStates),
});
