import type { MachineTransition } from '../coverage/machine-transitions.ts';
import { causeOf, effectOf, staysInside, statesOf, type ChartState } from './machine-chart.ts';

/** A line of text in a chart; those of a transition are drawn by how often it was taken. */
export type TextLine = {
  readonly text: string;
  readonly transition: MachineTransition | null;
};

/** Transitions from one state to another: one arrow, with a few lines for each of them. */
export type Arrow = {
  readonly source: string;
  readonly target: string;
  readonly transitions: readonly MachineTransition[];
  readonly lines: readonly TextLine[];
};

/** So that a label is not wider than two boxes. */
const LABEL_COLUMNS = 34;
const BODY_COLUMNS = 52;

/** The first line in the box of a state. */
export const nameOf = ({ name, type }: ChartState): string =>
  type === 'parallel' ? `${name} (side by side)` : name;

/** What stands in the box of a state below its name: its actors, its actions, what stays inside it. */
export function bodyLines({ entry, exit, invokes, transitions }: ChartState): readonly TextLine[] {
  const plain = (text: string): TextLine[] =>
    wrap(text, BODY_COLUMNS).map((line) => ({ text: line, transition: null }));
  return [
    ...invokes.flatMap((id) => plain(`runs ${id}`)),
    ...(entry.length > 0 ? plain(`entry / ${entry.join(', ')}`) : []),
    ...(exit.length > 0 ? plain(`exit / ${exit.join(', ')}`) : []),
    ...transitions.filter(staysInside).flatMap((transition) => {
      const written = `${causeOf(transition)}${goalOf(transition)}${effectOf(transition)}`;
      return wrap(written, BODY_COLUMNS).map((text) => ({ text, transition }));
    }),
  ];
}

/** All arrows of a chart: those that leave the state that has them, or begin it anew; in the order of the definition. */
export function arrowsOf(chart: ChartState): readonly Arrow[] {
  const arrows = new Map<string, { source: string; target: string; own: MachineTransition[] }>();
  for (const { transitions } of statesOf(chart)) {
    for (const transition of transitions.filter((one) => !staysInside(one))) {
      for (const target of transition.targets) {
        const { source } = transition;
        const arrow = arrows.get(`${source} ${target}`) ?? { source, target, own: [] };
        arrow.own.push(transition);
        arrows.set(`${source} ${target}`, arrow);
      }
    }
  }
  return [...arrows.values()].map(({ source, target, own }) => ({
    source,
    target,
    transitions: own,
    lines: own.flatMap((transition) =>
      [
        ...wrap(causeOf(transition), LABEL_COLUMNS),
        ...wrap(effectOf(transition).trim(), LABEL_COLUMNS),
      ].map((text) => ({ text, transition })),
    ),
  }));
}

/** As seen from the state that has it. */
function goalOf({ source, targets }: MachineTransition): string {
  const inner = targets.map((target) => target.slice(source === '' ? 0 : source.length + 1));
  return inner.length === 0 ? '' : ` → ${inner.join(', ')}`;
}

/** Breaks at spaces; a word that is too long stays whole. Lines after the first are indented. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (last.length + 1 + word.length > columns) lines.push(`  ${word}`);
    else lines.splice(-1, 1, `${last} ${word}`);
  }
  return lines;
}
