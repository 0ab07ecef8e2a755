import type { Output } from './output.ts';

/** What a result for people is fitted to. */
export type Screen = {
  /** Longer lines are cut. */
  readonly columns: number;
  readonly hasColour: boolean;
};

/** Of a file, or of a terminal that does not tell. */
const DEFAULT_COLUMNS = 100;

export function screenOf(output: Output): Screen {
  const isTty = output.isTTY === true;
  return { columns: (isTty ? output.columns : null) ?? DEFAULT_COLUMNS, hasColour: isTty };
}

/** A line that fits the screen; where it was cut is to be seen. */
export const cutLine = (line: string, { columns }: Pick<Screen, 'columns'>): string =>
  line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
