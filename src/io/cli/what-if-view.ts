import microdiff from 'microdiff';
import { timeOf, type FactDifference } from '../replay/fact-pairs.ts';
import type { RunFact } from '../replay/run-facts.ts';
import type { WhatIfLog, WhatIfReport } from '../replay/what-if-report.ts';
import { borderlessTable } from './borderless-table.ts';
import { findingsTable, unreadableFinding } from './findings-table.ts';
import { formatDuration, printable } from './format.ts';
import { interruptedText } from './interrupted-text.ts';
import { cutLine, type Screen } from './screen.ts';
import { formatLogTime, shortPath } from './step-text.ts';
import { endText, figureRows, stateRows } from './what-if-rows.ts';

/** Differences of which more are counted and not shown. */
const SHOWN_DIFFERENCES = 20;
/** Of those that would have been different, those with the most differences; the others are counted. */
const SHOWN_LOGS = 30;
const GAP = 2;

/** For people: of one log all that would have been different, of several a line for each that differs. */
export function renderWhatIf(report: WhatIfReport, screen: Screen): string {
  const { logs, untouched, unreadable, exitCode } = report;
  const [only, ...others] = logs;
  const lines = [
    ...(only && others.length === 0 ? renderLog(only, report, screen) : []),
    ...(others.length > 0 ? renderLogs(report) : []),
    ...(unreadable.length > 0 ? [findingsTable(unreadable.map(unreadableFinding), screen)] : []),
    ...(untouched.length > 0 ? [untouchedText(report)] : []),
    ...interruptedText(exitCode),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function renderLog(log: WhatIfLog, report: WhatIfReport, screen: Screen): string[] {
  const { path, durationMs, agent, comparison } = log;
  const states = stateRows(log);
  return [
    `${printable(path)}: ${formatDuration(durationMs)} of ${agent}, with ${changeText(report, log)}`,
    driftText(log),
    '',
    table(['', 'recorded', 'would have been', 'difference'], figureRows(log)),
    '',
    ...(states.length === 0
      ? []
      : [table(['time in states', 'recorded', 'would have been', 'difference'], states), '']),
    differencesText(comparison),
    ...comparison.differences
      .slice(0, SHOWN_DIFFERENCES)
      .map((difference) => cutLine(`  ${differenceText(difference)}`, screen)),
    ...moreText(totalOf(comparison) - SHOWN_DIFFERENCES),
  ];
}

function renderLogs(report: WhatIfReport): string[] {
  const { logs } = report;
  const different = logs
    .filter(({ comparison }) => totalOf(comparison) > 0)
    .toSorted((one, other) => totalOf(other.comparison) - totalOf(one.comparison));
  const rows = different
    .slice(0, SHOWN_LOGS)
    .map((log) => [
      printable(log.path),
      String(totalOf(log.comparison)),
      change(log.base.alertsOpened, log.changed.alertsOpened),
      change(log.base.messagesSent, log.changed.messagesSent),
      change(endText(log.base), endText(log.changed)),
      String(log.changed.lostInputs - log.base.lostInputs),
    ]);
  const head = ['log', 'differences', 'alerts', 'messages', 'end', 'lost inputs'];
  return [
    ...(rows.length > 0 ? [table(head, rows)] : []),
    ...moreText(different.length - SHOWN_LOGS),
    ...(rows.length > 0 ? [''] : []),
    `${logs.length} logs with ${changeText(report)}: ${different.length} would have been different`,
  ];
}

const change = (recorded: string | number, now: string | number): string =>
  recorded === now ? String(now) : `${recorded} -> ${now}`;

function table(head: string[], rows: readonly string[][]): string {
  const made = borderlessTable({ head, gap: GAP });
  made.push(...rows);
  return made.toString().replaceAll(/ *$/gm, '');
}

function changeText({ change: { settings, instead } }: WhatIfReport, log?: WhatIfLog): string {
  const set = Object.entries(settings)
    .filter(([name]) => log === undefined || log.applied.includes(name))
    .map(([name, value]) => `${name}=${printable(value)}`);
  return [...set, ...(instead === null ? [] : [`${instead} in its place`])].join(', ');
}

/** How far one may trust the figures. */
function driftText({ drift, missingLines }: WhatIfLog): string {
  const { gone, new: added, moved, changed } = drift.counts;
  const strange = gone + added + changed;
  const lacks = missingLines === 0 ? '' : `; ${missingLines} lines are missing in the log`;
  if (strange + moved === 0) return `Run again unchanged, it does what was recorded${lacks}.`;
  const differs = [
    ...(moved > 0 ? [`${moved} facts come up to ${formatDuration(drift.farthestMs)} apart`] : []),
    ...(strange > 0 ? [`${strange} are other ones`] : []),
  ].join(' and ');
  return `Run again unchanged, with timers that are never late, ${differs}, ${drift.same} as recorded${lacks}.`;
}

type Comparison = WhatIfLog['comparison'];

const totalOf = ({ counts }: Comparison): number =>
  counts.gone + counts.new + counts.moved + counts.changed;

function differencesText(comparison: Comparison): string {
  const { gone, new: added, moved, changed } = comparison.counts;
  const total = totalOf(comparison);
  if (total === 0)
    return `Nothing would have been different: ${comparison.same} facts are the same.`;
  const counted = [
    [gone, '-', 'would not have been'],
    [added, '+', 'new'],
    [moved, '>', 'at another time'],
    [changed, '*', 'with other figures'],
  ] as const;
  const parts = counted.flatMap(([count, sign, what]) =>
    count > 0 ? [`${sign} ${count} ${what}`] : [],
  );
  return `${total} differences (${parts.join(', ')}), ${comparison.same} facts the same`;
}

const moreText = (count: number): string[] => (count > 0 ? [`  and ${count} more`] : []);

function differenceText(difference: FactDifference): string {
  const t = timeOf(difference);
  switch (difference.type) {
    case 'gone':
      return `- ${factText(difference.first, t)}`;
    case 'new':
      return `+ ${factText(difference.second, t)}`;
    case 'moved': {
      const byMs = difference.second.t - difference.first.t;
      const by = `${formatDuration(Math.abs(byMs))} ${byMs > 0 ? 'later' : 'earlier'}`;
      return `> ${factText(difference.first, t)}, ${by}`;
    }
    case 'changed':
      return `* ${factText(difference.first, t)}, ${changedText(difference.first, difference.second)}`;
  }
}

function factText({ kind, path, what }: RunFact, t: number): string {
  const about = kind === 'state' ? `${shortPath(path)} ${what}` : what;
  return `${formatLogTime(t).padStart(10)}  ${printable(kind === 'alert' ? `alert ${about}` : about)}`;
}

function changedText(first: RunFact, second: RunFact): string {
  const [one, ...more] = microdiff({ event: first.event }, { event: second.event });
  if (!one) return '';
  const old: unknown = one.type === 'CREATE' ? 'nothing' : one.oldValue;
  const now: unknown = one.type === 'REMOVE' ? 'nothing' : one.value;
  const rest = more.length > 0 ? ` and ${more.length} more` : '';
  const values = `${JSON.stringify(old)} -> ${JSON.stringify(now)}`;
  return printable(`${one.path.slice(1).join('.')} ${values}${rest}`);
}

function untouchedText({ untouched, change: { settings } }: WhatIfReport): string {
  const names = Object.keys(settings);
  const what = names.length === 0 ? 'no agent' : `none of ${names.join(', ')}`;
  return `${untouched.length} ${untouched.length === 1 ? 'log has' : 'logs have'} ${what}: left out`;
}
