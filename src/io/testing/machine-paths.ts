import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { statePath } from '../coverage/machine-transitions.ts';
import { liveChildren, MachineModel, type ModelOutcome, type ModelState } from './machine-model.ts';
import { nextSteps, takeStep, type PathEvents, type PathStep } from './path-steps.ts';
import { withStandIns } from './stand-in.ts';

/** One way to walk a machine. */
export type Exploration = PathEvents & {
  readonly input: unknown;
  /** What tells two snapshots of the same state apart; plain JSON. */
  readonly keyOf: (snapshot: AnyMachineSnapshot) => unknown;
  /** So many states at most are looked at. */
  readonly maxStates: number;
};

type TakenStep = { readonly step: PathStep; readonly outcome: ModelOutcome };

/** The shortest way to what it reaches and takes for the first time. */
export type MachinePath = {
  readonly start: ModelOutcome;
  readonly steps: readonly TakenStep[];
  /** Paths of the states it is the first to rest in. */
  readonly reaches: readonly string[];
  /** Keys of the transitions it is the first to take. */
  readonly takes: readonly string[];
};

export type MachineGraph = {
  /** In the order in which they were found: the shortest first. */
  readonly paths: readonly MachinePath[];
  /** Paths of all states it was in, those that are only passed through included. */
  readonly passed: ReadonlySet<string>;
  /** Keys of all transitions that were taken. */
  readonly took: ReadonlySet<string>;
  /** How many states there are, told apart by what `keyOf` says. */
  readonly stateCount: number;
};

type Visited = {
  readonly outcome: ModelOutcome;
  readonly step?: PathStep;
  readonly from?: Visited;
};

const silent = { started: () => {}, ended: () => {}, heard: () => {} };

/**
 * Finds the shortest path to every state and over every transition of a machine, on the machine alone:
 * its timers fire when they are due, and its children stand still but for what `events` and
 * `childEvents` say of them.
 *
 * @throws an error that names the steps, where the machine throws or has more than `maxStates` states.
 */
export function explore(machine: AnyStateMachine, exploration: Exploration): MachineGraph {
  const model = new MachineModel(withStandIns(machine, silent));
  const seen = new Set<string>();
  const waiting: Visited[] = [];
  const passed = new Set<string>();
  const rested = new Set<string>();
  const took = new Set<string>();
  const paths: MachinePath[] = [];

  const visit = (visited: Visited): void => {
    const { state } = visited.outcome;
    const leaves = leavesOf(state.snapshot).filter((path) => !rested.has(path));
    const takes = [...new Set(visited.outcome.took)].filter((key) => !took.has(key));
    for (const path of visited.outcome.passed) passed.add(path);
    for (const path of leaves) rested.add(path);
    for (const key of takes) took.add(key);
    if (leaves.length > 0 || takes.length > 0) {
      paths.push({ ...wayTo(visited), reaches: leaves, takes });
    }
    const key = keyOfState(state, exploration);
    if (seen.has(key)) return;
    seen.add(key);
    if (seen.size > exploration.maxStates) throw tooManyStates(machine, waiting, exploration);
    waiting.push(visited);
  };

  visit({ outcome: attempt(machine, [], () => model.start(exploration.input)) });
  for (let at = 0; at < waiting.length; at += 1) {
    const from = waiting[at];
    if (!from) break;
    const { state } = from.outcome;
    for (const step of nextSteps(state, exploration)) {
      const outcome = attempt(machine, [...stepsOf(from), step], () =>
        takeStep(model, state, step),
      );
      // Nobody handles it: to break with one's child is XState's rule and not the machine's.
      if (step.from === 'child' && outcome.state.snapshot.status === 'error') continue;
      visit({ outcome, step, from });
    }
  }
  return { paths, passed, took, stateCount: seen.size };
}

/** The steps from the start, in words; `nothing` where there are none. */
export const stepNames = (steps: readonly PathStep[]): string =>
  steps.map(({ name }) => name).join(', ') || 'nothing';

/** Paths of the states that hold no others. */
export const leavesOf = (snapshot: AnyMachineSnapshot): string[] =>
  snapshot._nodes.filter(({ type }) => type === 'atomic' || type === 'final').map(statePath);

function wayTo(visited: Visited): Pick<MachinePath, 'start' | 'steps'> {
  const { outcome, step, from } = visited;
  if (!from || !step) return { start: outcome, steps: [] };
  const before = wayTo(from);
  return { start: before.start, steps: [...before.steps, { step, outcome }] };
}

const stepsOf = (visited: Visited): PathStep[] => wayTo(visited).steps.map(({ step }) => step);

/** Says on which way a machine throws. */
function attempt(machine: AnyStateMachine, steps: readonly PathStep[], move: () => ModelOutcome) {
  try {
    return move();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The machine "${machine.id}" throws "${message}" after: ${stepNames(steps)}. ` +
        'Mend the machine, or list only events that it may get there.',
      { cause: error },
    );
  }
}

function keyOfState(state: ModelState, { keyOf }: Exploration): string {
  const { snapshot, timers, ended } = state;
  const value: unknown = snapshot.value;
  return JSON.stringify([
    value,
    snapshot.status,
    Object.entries(snapshot.historyValue).map(([id, nodes]) => [id, nodes.map(statePath)]),
    liveChildren(state).map(({ id }) => id),
    [...ended].map(({ id }) => id),
    timers.all.map(({ event }) => event.type),
    keyOf(snapshot),
  ]);
}

/** Names what grows, because a graph without end is most often a counter in the context. */
function tooManyStates(
  { id }: AnyStateMachine,
  visited: readonly Visited[],
  { keyOf, maxStates }: Exploration,
): Error {
  const valuesByPart = new Map<string, Set<string>>();
  for (const { outcome } of visited) {
    for (const [part, value] of partsOf(outcome.state, keyOf)) {
      const values = valuesByPart.get(part) ?? new Set();
      valuesByPart.set(part, values.add(JSON.stringify(value)));
    }
  }
  const growing = [...valuesByPart]
    .filter(([, values]) => values.size > 1)
    .toSorted(([, a], [, b]) => b.size - a.size)
    .slice(0, SHOWN_PARTS)
    .map(
      ([part, values]) =>
        `${part} (${values.size} values: ${shorten([...values].slice(0, 3).join(', '))}, ...)`,
    );
  return new Error(
    `The machine "${id}" has more than ${maxStates} states. What tells them apart: ${growing.join('; ') || 'their state and timers alone'}. ` +
      'Keep only what matters with keyOf: (snapshot) => ..., list fewer events, or raise maxStates.',
  );
}

const SHOWN_PARTS = 3;
const SHOWN_LENGTH = 120;

const shorten = (text: string): string =>
  text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;

function partsOf(state: ModelState, keyOf: Exploration['keyOf']): [string, unknown][] {
  const key = keyOf(state.snapshot);
  return [
    ...Object.entries(typeof key === 'object' && key !== null ? key : { key }),
    ['its timers', state.timers.all.map(({ event }) => event.type)],
    ['its children', liveChildren(state).map(({ id }) => id)],
  ];
}
