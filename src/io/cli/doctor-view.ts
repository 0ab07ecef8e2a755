import { styleText } from 'node:util';
import type { CheckResult, CheckStatus } from '../doctor/check.ts';
import type { DoctorReport } from '../doctor/run-doctor.ts';
import { borderlessTable } from './borderless-table.ts';
import { printable } from './format.ts';
import { wrap } from './wrap.ts';

type DoctorScreen = {
  /** Lines are broken there; null: nowhere. */
  readonly columns: number | null;
  readonly hasColour: boolean;
};

const GAP = 2;

const styles = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const;
const statuses: readonly CheckStatus[] = ['ok', 'warning', 'failed', 'skipped'];

/** All checks as a table: what was found, and below it what to do. */
export function renderDoctorReport(
  { checks, notes }: DoctorReport,
  { columns, hasColour }: DoctorScreen,
): string {
  const widths = [...columnWidths(checks), 0];
  const rest = columns === null ? null : columns - widths.reduce((sum, width) => sum + width, 0);
  const table = borderlessTable({ gap: GAP });
  const paint = (status: CheckStatus) =>
    // Whether there are colours is the caller's to say.
    hasColour ? styleText(styles[status], status, { validateStream: false }) : status;
  for (const check of checks) {
    table.push([paint(check.status), check.title, wrap(describe(check), rest).join('\n')]);
  }
  const lines = [
    table.toString().replaceAll(/ *$/gm, ''),
    '',
    summaryOf(checks),
    '',
    'What greenroom does not do:',
    ...notes.flatMap((note) => wrap([`- ${note}`], columns)),
  ];
  return `${lines.join('\n')}\n`;
}

const columnWidths = (checks: readonly CheckResult[]): number[] => [
  Math.max(...checks.map(({ status }) => status.length)) + GAP,
  Math.max(...checks.map(({ title }) => title.length)) + GAP,
];

const describe = ({ found, details, remedy }: CheckResult): string[] => [
  printable(found),
  ...details.map((detail) => `- ${printable(detail)}`),
  ...(remedy === null ? [] : [`-> ${printable(remedy)}`]),
];

const summaryOf = (checks: readonly CheckResult[]): string =>
  `${checks.length} checks: ` +
  statuses
    .map((status) => [checks.filter((check) => check.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${count} ${status}`)
    .join(', ');
