import type { CompareReport, LogReport } from '../replay/compare-report.ts';
import { renderDivergence } from './divergence-view.ts';
import { findingsTable, unreadableFinding, type Finding } from './findings-table.ts';
import { formatDuration } from './format.ts';
import { interruptedText } from './interrupted-text.ts';
import type { Screen } from './screen.ts';
import { describeDifference } from './step-text.ts';

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
    ...(failed.length === 0 || isOneThatDiffers
      ? []
      : [findingsTable(failed.map(findingOf), screen), '']),
    ...summaryOf(report),
    '',
  ].join('\n');
}

function findingOf(log: LogReport): Finding {
  if (log.result === 'unreadable') return unreadableFinding(log);
  const { divergence } = log;
  return [log.result, log.path, divergence ? [describeDifference(divergence)] : []];
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
    ...interruptedText(exitCode),
  ];
}

const unfinishedOf = ({ torn, open }: CompareReport['totals']): string =>
  `compared as far as they go: ${open} without an end (still written, or their writer was killed), ` +
  `${torn} torn in the last line`;
