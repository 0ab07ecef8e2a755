import type { JobsReport } from '../report/jobs-report.ts';
import { findingsTable, unreadableFinding } from './findings-table.ts';
import { interruptedText } from './interrupted-text.ts';
import type { Screen } from './screen.ts';
import { renderSummaries } from './summaries-view.ts';

/** For people: the tables that a worker prints at its end, and what could not be read. */
export function renderReport(report: JobsReport, screen: Screen): string {
  const { jobs, silent, unreadable, exitCode } = report;
  const lines = [
    ...(unreadable.length > 0 ? [findingsTable(unreadable.map(unreadableFinding), screen)] : []),
    `${jobs} ${jobs === 1 ? 'job' : 'jobs'}${silent > 0 ? `, ${silent} without any figures` : ''}`,
    ...interruptedText(exitCode),
  ];
  const tables = jobs > 0 ? `${renderSummaries(report)}\n` : '';
  return `${tables}${lines.map((line) => `${line}\n`).join('')}`;
}
