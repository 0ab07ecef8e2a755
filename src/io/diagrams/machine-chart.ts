import type { AnyStateMachine } from 'xstate';
import {
  actionName,
  machineTransitions,
  statePath,
  type MachineTransition,
} from '../coverage/machine-transitions.ts';

/** A state of a machine and all below it, as plain data to be drawn. */
export type ChartState = {
  /** Empty for the machine itself. */
  readonly path: string;
  /** The machine's id, or the state's key. */
  readonly name: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Path of the state that it begins in; null where there is no choice. */
  readonly initial: string | null;
  /** Names of actions, in their order. */
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** Ids of the actors that live as long as the state. */
  readonly invokes: readonly string[];
  readonly transitions: readonly MachineTransition[];
  readonly states: readonly ChartState[];
};

type StateNode = AnyStateMachine['root'];

/** What is drawn of a machine; the machines below it have charts of their own. */
export const machineChart = (machine: AnyStateMachine): ChartState =>
  chartOf(machine.root, machineTransitions(machine));

function chartOf(node: StateNode, all: readonly MachineTransition[]): ChartState {
  const path = statePath(node);
  return {
    path,
    name: node.key,
    type: node.type,
    initial: initialOf(node),
    entry: actionNames(node.config.entry),
    exit: actionNames(node.config.exit),
    invokes: node.invoke.map(({ id }) => id),
    transitions: all.filter(({ source }) => source === path),
    states: Object.values(node.states).map((state) => chartOf(state, all)),
  };
}

/** XState's own `entry` also holds what sets the timers of the state. */
const actionNames = (actions: unknown): readonly string[] =>
  actions === undefined ? [] : [actions].flat().map(actionName);

function initialOf(node: StateNode): string | null {
  if (node.type !== 'compound') return null;
  const [target] = node.initial.target;
  return target ? statePath(target) : null;
}

/** A state and all states below it, the outer before the inner ones. */
export const statesOf = (state: ChartState): readonly ChartState[] => [
  state,
  ...state.states.flatMap(statesOf),
];

/** `event [guard]`, as it stands at an arrow. */
export const causeOf = ({ trigger, guard }: MachineTransition): string =>
  guard === null ? trigger : `${trigger} [${guard}]`;

/** ` / actions`, behind the cause. */
export const effectOf = ({ actions }: MachineTransition): string =>
  actions.length === 0 ? '' : ` / ${actions.join(', ')}`;

/**
 * Whether it ends within the state that has it: told in the box of that state, since an arrow from its
 * border would run through everything in between.
 */
export const staysInside = ({ source, targets }: MachineTransition): boolean =>
  targets.every(
    (target) => target !== source && (source === '' || target.startsWith(`${source}.`)),
  );
