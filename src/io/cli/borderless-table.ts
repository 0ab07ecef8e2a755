import Table from 'cli-table3';

type BorderlessOptions = {
  readonly head?: string[];
  readonly colWidths?: number[];
  /** Spaces between two columns. */
  readonly gap: number;
};

/** Text in columns, measured as a terminal shows it: wide letters count twice. */
export const borderlessTable = ({ gap, ...options }: BorderlessOptions) =>
  new Table({
    ...options,
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
  });

const noBorders = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ...['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

/** A table without the spaces at the ends of its lines, with a line end. */
export const trimLines = (table: string): string => table.replaceAll(/ *$/gm, '') + '\n';
