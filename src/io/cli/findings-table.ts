import { borderlessTable } from './borderless-table.ts';
import { printable } from './format.ts';
import type { Screen } from './screen.ts';
import { wrap } from './wrap.ts';

/** What happened, to which file, and lines about it. */
export type Finding = readonly [result: string, path: string, text: readonly string[]];

/** A log that cannot be read: why, and what to do. */
export const unreadableFinding = ({ path, message, remedy }: Unreadable): Finding => [
  'unreadable',
  path,
  [message, `-> ${remedy}`],
];

type Unreadable = { readonly path: string; readonly message: string; readonly remedy: string };

const GAP = 2;

/** Findings as a table that fits the screen, without a line end. */
export function findingsTable(findings: readonly Finding[], { columns }: Screen): string {
  const table = borderlessTable({ gap: GAP });
  const widest = (column: 0 | 1): number =>
    Math.max(...findings.map((finding) => finding[column].length));
  const rest = columns - widest(0) - widest(1) - 2 * GAP;
  for (const [result, path, text] of findings) {
    table.push([result, printable(path), wrap(text.map(printable), rest).join('\n')]);
  }
  return table.toString().replaceAll(/ *$/gm, '');
}
