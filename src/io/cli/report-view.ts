import type { JobsReport } from '../report/jobs-report.ts';
import { findingsTable, unreadableFinding } from './findings-table.ts';
import { interruptedText } from './interrupted-text.ts';
import type { Screen } from './screen.ts';
import { renderSummaries } from './summaries-view.ts';

/** For people: the tables that a worker prints at its end, and what could not be read. */
export function renderReport(report: JobsReport, screen: Screen): string {
  const { jobs, unreadable, exitCode } = report;
  const lines = [
    ...(unreadable.length > 0 ? [findingsTable(unreadable.map(unreadableFinding), screen)] : []),
    jobsText(report),
    ...interruptedText(exitCode),
  ];
  const tables = jobs > 0 ? `${renderSummaries(report)}\n` : '';
  return `${tables}${lines.map((line) => `${line}\n`).join('')}`;
}

function jobsText({ logs, jobs, silent }: JobsReport): string {
  // A mistyped name would look like a night without any calls.
  if (jobs === 0 && logs > 0) return `0 jobs; logs of other jobs, or of a worker: ${logs}`;
  const cut = silent > 0 ? `, ${silent} without any figures` : '';
  return `${jobs} ${jobs === 1 ? 'job' : 'jobs'}${cut}`;
}
