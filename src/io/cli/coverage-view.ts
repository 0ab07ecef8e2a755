import type { MachineCoverage } from '../coverage/transition-coverage.ts';
import type { CoverageReport } from '../replay/coverage-report.ts';
import { borderlessTable } from './borderless-table.ts';
import { findingsTable, unreadableFinding, type Finding } from './findings-table.ts';
import { printable } from './format.ts';
import { interruptedText } from './interrupted-text.ts';
import type { Screen } from './screen.ts';
import { describeDifference } from './step-text.ts';

const BAR_COLUMNS = 20;

/** For people: a table of the machines, then what was not taken, by name. */
export function renderCoverage(report: CoverageReport, screen: Screen): string {
  const { logs, machines, different, unreadable, exitCode } = report;
  const findings = [
    ...different.map(({ path, divergence }): Finding => {
      const text = `${describeDifference(divergence)}; counted up to there`;
      return ['different', path, [text]];
    }),
    ...unreadable.map(unreadableFinding),
  ];
  return [
    ...(machines.length > 0 ? [tableOf(machines), ''] : []),
    ...machines.flatMap(untakenOf),
    ...(findings.length > 0 ? [findingsTable(findings, screen), ''] : []),
    `${logs} ${logs === 1 ? 'log' : 'logs'} looked at`,
    ...interruptedText(exitCode),
    '',
  ].join('\n');
}

function tableOf(machines: readonly MachineCoverage[]): string {
  const table = borderlessTable({ head: ['machine', 'taken', ''], gap: 2 });
  for (const { machine, taken, total } of machines) {
    const filled = total === 0 ? BAR_COLUMNS : Math.floor((taken / total) * BAR_COLUMNS);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_COLUMNS - filled);
    table.push([printable(machine), `${taken} of ${total}`, bar]);
  }
  return table.toString().replaceAll(/ *$/gm, '');
}

function untakenOf({ machine, taken, total, transitions }: MachineCoverage): string[] {
  if (taken === total) return [];
  const names = transitions.filter(({ count }) => count === 0).map(({ key }) => `  ${key}`);
  return [`${printable(machine)}: not taken`, ...names.map(printable), ''];
}
