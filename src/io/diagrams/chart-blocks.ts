import type { MachineTransition } from '../coverage/machine-transitions.ts';
import { causeOf, effectOf, staysInside, statesOf, type ChartState } from './machine-chart.ts';

/** How often each transition was taken, by its key. */
type Heat = ReadonlyMap<string, number>;

/** What is drawn in which way: without heat all is plain. */
export type Kind = 'plain' | 'taken' | 'untaken';

export type TextLine = {
  readonly text: string;
  readonly kind: Kind;
  /** Key of the transition that it tells of; null for what a state does. */
  readonly transition: string | null;
  /** Letters that it needs room for, at least as many as it has. */
  readonly columns: number;
};

/** How transitions are told. */
export type ChartText = {
  /** Colours the transitions, and counts them. */
  readonly heat?: Heat;
  /** States and arrows without what is written in and at them, so that a big chart is small. */
  readonly isOutline?: boolean;
  /** Room behind each line of a transition, in letters, for a count that is drawn later; 0 by default. */
  readonly countColumns?: number;
};

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
export const blockOf = (state: ChartState, told: ChartText = {}): Block => ({
  path: state.path,
  name: state.type === 'parallel' ? `${state.name} (side by side)` : state.name,
  isFinal: state.type === 'final',
  initial: state.initial,
  lines: told.isOutline ? [] : bodyLines(state, told),
  blocks: state.states.map((inner) => blockOf(inner, told)),
});

/** Its actors, its actions, and what stays inside it. */
function bodyLines(
  { entry, exit, invokes, transitions }: ChartState,
  told: ChartText,
): readonly TextLine[] {
  const notes = [
    ...invokes.map((id) => `runs ${id}`),
    ...(entry.length > 0 ? [`entry / ${entry.join(', ')}`] : []),
    ...(exit.length > 0 ? [`exit / ${exit.join(', ')}`] : []),
  ];
  return [
    ...notes.flatMap((note) =>
      wrap(note, BODY_COLUMNS).map((text) => {
        return { text, kind: 'plain' as const, transition: null, columns: text.length };
      }),
    ),
    ...transitions.filter(staysInside).flatMap((transition) => {
      const cause = `${causeOf(transition)}${goalOf(transition)}${effectOf(transition)}`;
      const times = timesOf(transition, told.heat);
      return linesOf(wrap(`${cause}${times}`, BODY_COLUMNS), transition, told);
    }),
  ];
}

/**
 * All arrows of a chart: those that leave the state that has them, or begin it anew; in the order of
 * the definition.
 */
export function arrowsOf(chart: ChartState, told: ChartText = {}): readonly Arrow[] {
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
    kind: kindOf(own, told.heat),
    lines: told.isOutline ? [] : labelLines(own, told),
  }));
}

const labelLines = (own: readonly MachineTransition[], told: ChartText): readonly TextLine[] =>
  own.flatMap((transition) => {
    const cause = `${causeOf(transition)}${timesOf(transition, told.heat)}`;
    const texts = [...wrap(cause, LABEL_COLUMNS), ...wrap(effectOf(transition), LABEL_COLUMNS)];
    return linesOf(texts, transition, told);
  });

function linesOf(
  texts: readonly string[],
  transition: MachineTransition,
  { heat, countColumns = 0 }: ChartText,
): readonly TextLine[] {
  const kind = kindOf([transition], heat);
  return texts.map((text) => {
    return { text, kind, transition: transition.key, columns: text.length + countColumns };
  });
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
function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (last.length + 1 + word.length > columns) lines.push(`  ${word}`);
    else lines.splice(-1, 1, `${last} ${word}`);
  }
  return lines;
}
