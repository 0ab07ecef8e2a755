import {
  LETTER_WIDTH,
  text,
  type Box,
  type ChartLayout,
  type PlacedArrow,
  type Point,
} from '../../../../src/io/diagrams/chart-layout.ts';
import { statesOf, type ChartState } from '../../../../src/io/diagrams/machine-chart.ts';
import type { TextLine } from '../../../../src/io/diagrams/chart-blocks.ts';
import { around } from './viewport.ts';

/** In the middle of an arrow's way. */
export const middleOf = (points: readonly Point[]): Point =>
  points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };

/** An arrow's way as the data of an SVG path. */
export const wayOf = (points: readonly Point[]): string =>
  points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');

/** What a state is in its parent: regions of a parallel state are drawn dashed. */
export function regionsOf(chart: ChartState): ReadonlySet<string> {
  const parallel = statesOf(chart).filter(({ type }) => type === 'parallel');
  return new Set(parallel.flatMap(({ states }) => states.map(({ path }) => path)));
}

/** Whether a line is the first one of its transition, which has the count. */
export const isFirstOf = (lines: readonly TextLine[], index: number): boolean =>
  lines[index]?.transition !== lines[index - 1]?.transition;

/** How wide an arrow is drawn that was taken so often, in pixels. */
export const heatWidth = (count: number): number =>
  count === 0 ? 1 : Math.min(5, 1.5 + Math.log2(count) * 0.4);

/** How often some transitions were taken, by their keys. */
export const timesTaken = (
  keys: readonly string[],
  counts: Readonly<Record<string, number>>,
): number => keys.reduce((sum, key) => sum + (counts[key] ?? 0), 0);

/** A count in at most four characters behind the sign: `×1234`, `×12k`, `×3M`. */
export function countText(count: number): string {
  if (count === 0) return '';
  if (count < 10_000) return `×${count}`;
  return count < 1_000_000
    ? `×${Math.floor(count / 1_000)}k`
    : `×${Math.floor(count / 1_000_000)}M`;
}

/** The letters of a state's name as big as its box allows, for those who see it from afar. */
export function farNameSize(
  name: string,
  { width, height }: { width: number; height: number },
): number {
  const byWidth = (width - 12) / (name.length * LETTER_WIDTH);
  return Math.max(9, Math.min(byWidth, height * 0.6, 44));
}

/** Of a name that begins at a box's margin and ends within the box, in pixels. */
export const widestSize = (name: string, width: number): number =>
  (width - text.margin * 2) / (name.length * LETTER_WIDTH);

/** Around the innermost active states; undefined where there is none. */
export const activeBox = ({ blocks }: ChartLayout, active: ReadonlySet<string>): Box | undefined =>
  around(blocks.filter(({ block }) => block.blocks.length === 0 && active.has(block.path)));

/** Those of the arrows that carry one of some transitions. */
export const arrowsWith = (
  { arrows }: ChartLayout,
  keys: readonly string[],
): readonly PlacedArrow[] =>
  arrows.filter(({ arrow }) => arrow.transitions.some(({ key }) => keys.includes(key)));

const round = (value: number): number => Math.round(value * 10) / 10;
