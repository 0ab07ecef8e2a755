import type { AnyStateMachine } from 'xstate';
import {
  machineTransitions,
  statePath,
  type MachineTransition,
} from '../coverage/machine-transitions.ts';
import { stepNames, type MachineGraph } from './machine-paths.ts';

/** What the paths of a machine have met, and what they need not meet. */
export type PathCoverage = {
  readonly graphs: readonly MachineGraph[];
  /** By key of a transition or path of a state: why no path takes it. */
  readonly unreachable: Readonly<Record<string, string>>;
  /** Types of the events that may be said. */
  readonly eventTypes: readonly string[];
};

/** What is wrong with the coverage of a machine, a sentence for each; none where all is well. */
export function coverageProblems(machine: AnyStateMachine, coverage: PathCoverage): string[] {
  const { graphs, unreachable } = coverage;
  const met = new Set(graphs.flatMap(({ took, passed }) => [...took, ...passed]));
  const transitions = machineTransitions(machine);
  const leaves = leafStates(machine.root);
  const known = new Set([...transitions.map(({ key }) => key), ...leaves]);
  return [
    ...leaves
      .filter((path) => !met.has(path) && !(path in unreachable))
      .map((path) => `No path enters the state "${path}".`),
    ...transitions
      .filter(({ key }) => !met.has(key) && !(key in unreachable))
      .map((transition) => `No path takes "${transition.key}": ${whyNot(transition, coverage)}.`),
    ...Object.keys(unreachable)
      .filter((key) => met.has(key))
      .map((key) => `"${key}" is listed as unreachable, and a path takes it.`),
    ...Object.keys(unreachable)
      .filter((key) => !known.has(key))
      .map((key) => `"${key}" is listed as unreachable, and the machine has nothing of that name.`),
  ];
}

function whyNot(
  { source, trigger, guard }: MachineTransition,
  { graphs, eventTypes }: PathCoverage,
): string {
  const way = graphs
    .flatMap(({ paths }) => paths)
    .find(({ start, steps }) =>
      (steps.at(-1)?.outcome ?? start).passed.some((path) => isIn(path, source)),
    );
  if (!way) return 'no path enters its state';
  const nearest = `; nearest path: ${stepNames(way.steps.map(({ step }) => step))}`;
  const ended = /^done (.+)$/.exec(trigger)?.[1];
  if (ended !== undefined && !eventTypes.includes(`xstate.done.actor.${ended}`)) {
    return `the end of "${ended}" carries what only its author knows: list { type: 'xstate.done.actor.${ended}', output: ... } among the events${nearest}`;
  }
  if (isSaid(trigger) && !eventTypes.includes(trigger)) {
    return `"${trigger}" is not among the events${nearest}`;
  }
  if (trigger.startsWith('after ')) {
    return `another timer is due before it again and again: give the machine other delays${nearest}`;
  }
  return guard === null
    ? `others are taken in front of it${nearest}`
    : `its guard never held, or others are taken in front of it${nearest}`;
}

const isIn = (path: string, source: string): boolean =>
  source === '' || path === source || path.startsWith(`${source}.`);

/** Not for what the machine says itself, nor for a family of events. */
const isSaid = (trigger: string): boolean =>
  trigger !== 'always' && !/^(after|error|snapshot) |\*|^done$/.test(trigger);

type StateNode = AnyStateMachine['root'];

const leafStates = (node: StateNode): string[] => {
  if (node.type === 'history') return [];
  const below = Object.values(node.states);
  return below.length > 0 ? below.flatMap(leafStates) : [statePath(node)];
};
