import { arrowsOf, type Arrow } from './chart-blocks.ts';
import { causeOf, effectOf, staysInside, statesOf, type ChartState } from './machine-chart.ts';

/**
 * Writes a chart as a state diagram of Mermaid, for pages that draw it themselves.
 *
 * It shows less than the SVG: what a state does within itself is a comment, as Mermaid has no place for it.
 */
export function toMermaid(chart: ChartState): string {
  const arrows = arrowsOf(chart);
  return [
    'stateDiagram-v2',
    // Mermaid knows regions only within a state.
    ...(chart.type === 'parallel' ? blockOf(chart, '  ', arrows) : insideOf(chart, '  ', arrows)),
    ...statesOf(chart).flatMap(commentsOf),
    '',
  ].join('\n');
}

/** An arrow stands where both of its ends are known: in the innermost state around them. */
function insideOf(state: ChartState, indent: string, arrows: readonly Arrow[]): string[] {
  const regions = state.states.map((inner) => blockOf(inner, indent, arrows));
  const own = arrows.filter((arrow) => surrounds(state, arrow));
  return [
    ...(state.initial === null ? [] : [`${indent}[*] --> ${idOf(state.initial)}`]),
    ...regions.flatMap((lines, index) =>
      state.type === 'parallel' && index > 0 ? [`${indent}--`, ...lines] : lines,
    ),
    ...own.flatMap((arrow) => linesOf(arrow, indent)),
    ...state.states
      .filter(({ type }) => type === 'final')
      .map(({ path }) => `${indent}${idOf(path)} --> [*]`),
  ];
}

function blockOf(state: ChartState, indent: string, arrows: readonly Arrow[]): string[] {
  const title = `${indent}state "${state.name}" as ${idOf(state.path)}`;
  if (state.states.length === 0) return [title];
  return [`${title} {`, ...insideOf(state, `${indent}  `, arrows), `${indent}}`];
}

function surrounds(state: ChartState, arrow: Arrow): boolean {
  const isWithin = ({ path }: ChartState): boolean =>
    [arrow.source, arrow.target].every((end) => isBelow(end, path));
  return isWithin(state) && !state.states.some(isWithin);
}

const isBelow = (path: string, outer: string): boolean =>
  outer === '' ? path !== '' : path.startsWith(`${outer}.`);

const linesOf = ({ source, target, transitions }: Arrow, indent: string): string[] =>
  transitions.map(
    (transition) =>
      `${indent}${idOf(source)} --> ${idOf(target)}: ${causeOf(transition)}${effectOf(transition)}`,
  );

const commentsOf = ({ transitions }: ChartState): string[] =>
  transitions
    .filter(staysInside)
    .map((transition) => `  %% ${transition.key}${effectOf(transition)}`);

const idOf = (path: string): string => (path === '' ? 'machine' : path.replaceAll(/\W/g, '_'));
