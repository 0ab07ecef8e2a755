import { styleText } from 'node:util';
import { borderlessTable } from './borderless-table.ts';
import { printable } from './format.ts';

export type LiveScreen = {
  readonly columns: number;
  readonly rows: number;
  readonly hasColour: boolean;
};

export type Style = Parameters<typeof styleText>[0];

/** Without a style: the terminal's own colour. */
export type Cell = { readonly text: string; readonly style?: Style };

/** What the table puts where it cuts; it knows how to end colours there, and not `dim`, which would go on. */
const CUT = '…';
const DIM_END = '\x1b[22m';

export const plain = (text: string): Cell => ({ text });

/** Rows of cells in columns of these widths, a line for each; what does not fit is cut. */
export function renderRows(
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
  screen: Pick<LiveScreen, 'hasColour'>,
): string[] {
  if (rows.length === 0 || widths.length === 0) return [];
  const table = borderlessTable({ colWidths: [...widths], gap: 1 });
  for (const row of rows) table.push(row.map((cell) => painted(cell, screen)));
  return table
    .toString()
    .split('\n')
    .map((line) => (screen.hasColour ? line.replaceAll(CUT, `${DIM_END}${CUT}`) : line).trimEnd());
}

/** One line, cut at the screen's edge. */
export const renderLine = (text: string, style: Style, screen: LiveScreen): string[] =>
  renderRows([[{ text, style }]], [screen.columns], screen);

const painted = ({ text, style }: Cell, { hasColour }: Pick<LiveScreen, 'hasColour'>): string =>
  hasColour && style !== undefined
    ? // Whether this is a terminal with colours is the caller's to say, also where NO_COLOR decides it.
      styleText(style, printable(text), { validateStream: false })
    : printable(text);
