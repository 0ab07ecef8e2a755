import type { MachineTransition } from '../coverage/machine-transitions.ts';
import { causeOf, effectOf, staysInside, statesOf, type ChartState } from './machine-chart.ts';

/** How often each transition was taken, by its key. */
export type Heat = ReadonlyMap<string, number>;

/** What is drawn in which way: without heat all is plain. */
export type Kind = 'plain' | 'taken' | 'untaken';

export type TextLine = { readonly text: string; readonly kind: Kind };

/** A state as a box with text, and the boxes in it. */
export type Block = {
  readonly path: string;
  readonly name: string;
  readonly isFinal: boolean;
  readonly initial: string | null;
  readonly lines: readonly TextLine[];
  readonly blocks: readonly Block[];
};

/** Transitions from one state to another: one arrow, with a few lines for each of them. */
export type Arrow = {
  readonly source: string;
  readonly target: string;
  readonly transitions: readonly MachineTransition[];
  readonly kind: Kind;
  readonly lines: readonly TextLine[];
};

/** So that a label is not wider than two boxes. */
const LABEL_COLUMNS = 34;
const BODY_COLUMNS = 52;

/** The boxes of a chart. */
export const blockOf = (state: ChartState, heat?: Heat): Block => ({
  path: state.path,
  name: state.type === 'parallel' ? `${state.name} (side by side)` : state.name,
  isFinal: state.type === 'final',
  initial: state.initial,
  lines: bodyLines(state, heat),
  blocks: state.states.map((inner) => blockOf(inner, heat)),
});

/** Its actors, its actions, and what stays inside it. */
function bodyLines(
  { entry, exit, invokes, transitions }: ChartState,
  heat: Heat | undefined,
): readonly TextLine[] {
  const notes = [
    ...invokes.map((id) => `runs ${id}`),
    ...(entry.length > 0 ? [`entry / ${entry.join(', ')}`] : []),
    ...(exit.length > 0 ? [`exit / ${exit.join(', ')}`] : []),
  ];
  return [
    ...notes.flatMap((note) => wrap(note, BODY_COLUMNS, 'plain')),
    ...transitions.filter(staysInside).flatMap((transition) => {
      const cause = `${causeOf(transition)}${goalOf(transition)}${effectOf(transition)}`;
      const kind = kindOf([transition], heat);
      return wrap(`${cause}${timesOf(transition, heat)}`, BODY_COLUMNS, kind);
    }),
  ];
}

/**
 * All arrows of a chart: those that leave the state that has them, or begin it anew; in the order of
 * the definition.
 */
export function arrowsOf(chart: ChartState, heat?: Heat): readonly Arrow[] {
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
    kind: kindOf(own, heat),
    lines: own.flatMap((transition) => {
      const kind = kindOf([transition], heat);
      return [
        ...wrap(`${causeOf(transition)}${timesOf(transition, heat)}`, LABEL_COLUMNS, kind),
        ...wrap(effectOf(transition), LABEL_COLUMNS, kind),
      ];
    }),
  }));
}

function kindOf(transitions: readonly MachineTransition[], heat: Heat | undefined): Kind {
  if (!heat) return 'plain';
  return transitions.some(({ key }) => (heat.get(key) ?? 0) > 0) ? 'taken' : 'untaken';
}

function timesOf({ key }: MachineTransition, heat: Heat | undefined): string {
  const times = heat?.get(key) ?? 0;
  return times > 0 ? ` ×${times}` : '';
}

/** As seen from the state that has it. */
function goalOf({ source, targets }: MachineTransition): string {
  const inner = targets.map((target) => target.slice(source === '' ? 0 : source.length + 1));
  return inner.length === 0 ? '' : ` → ${inner.join(', ')}`;
}

/** Breaks at spaces; a word that is too long stays whole. Lines after the first are indented. */
function wrap(text: string, columns: number, kind: Kind): readonly TextLine[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (last.length + 1 + word.length > columns) lines.push(`  ${word}`);
    else lines.splice(-1, 1, `${last} ${word}`);
  }
  return lines.map((line) => ({ text: line, kind }));
}
