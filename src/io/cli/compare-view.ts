import type { CompareReport, LogReport } from '../replay/compare-report.ts';
import { borderlessTable } from './borderless-table.ts';
import { renderDivergence } from './divergence-view.ts';
import { formatDuration, printable } from './format.ts';
import type { Screen } from './screen.ts';
import { formatLogTime } from './step-text.ts';
import { wrap } from './wrap.ts';

const GAP = 2;

/** For people: the report of the first log that differs, the others in a table, and the sums. */
export function renderComparison(report: CompareReport, screen: Screen): string {
  const [first] = report.logs.flatMap((log) => {
    if (log.result === 'unreadable' || log.divergence === null) return [];
    return [renderDivergence(log.path, { ...log, divergence: log.divergence }, screen)];
  });
  const failed = report.logs.filter(({ result }) => result !== 'same');
  const isOneThatDiffers = first !== undefined && report.logs.length === 1;
  return [
    ...(first === undefined ? [] : [first]),
    ...(failed.length === 0 || isOneThatDiffers ? [] : [tableOf(failed, screen), '']),
    ...summaryOf(report),
    '',
  ].join('\n');
}

function tableOf(logs: readonly LogReport[], { columns }: Screen): string {
  const table = borderlessTable({ gap: GAP });
  const taken = widest(logs.map(({ result }) => result)) + widest(logs.map(({ path }) => path));
  for (const log of logs) {
    const finding = wrap(findingOf(log).map(printable), columns - taken - 2 * GAP);
    table.push([log.result, printable(log.path), finding.join('\n')]);
  }
  return table.toString().replaceAll(/ *$/gm, '');
}

const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));

function findingOf(log: LogReport): string[] {
  if (log.result === 'unreadable') return [log.problem.message, `-> ${log.problem.remedy}`];
  if (log.divergence === null) return [];
  const { seq, t, reason, path } = log.divergence;
  return [`step ${seq} at ${formatLogTime(t)}${path === undefined ? '' : `, ${path}`}: ${reason}`];
}

function summaryOf({ logs, totals, exitCode }: CompareReport): string[] {
  const counted = (['same', 'different', 'unreadable'] as const)
    .filter((result) => totals[result] > 0)
    .map((result) => `${totals[result]} ${result}`)
    .join(', ');
  const speed = totals.stimuliPerSecond === null ? '' : `, ${totals.stimuliPerSecond} a second`;
  return [
    `${logs.length} ${logs.length === 1 ? 'log' : 'logs'}: ${counted || 'none was looked at'}`,
    `${totals.stimuli} stimuli in ${formatDuration(totals.durationMs)}${speed}`,
    ...(totals.torn + totals.open > 0 ? [unfinishedOf(totals)] : []),
    ...(exitCode > 2 ? ['Interrupted: the other logs were not looked at.'] : []),
  ];
}

const unfinishedOf = ({ torn, open }: CompareReport['totals']): string =>
  `compared as far as they go: ${open} without an end (still written, or their writer was killed), ` +
  `${torn} torn in the last line`;
