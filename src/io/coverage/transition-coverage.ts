import type { AnyActor, AnyStateMachine, AnyTransitionDefinition } from 'xstate';
import { findMachines } from '../../machines/actor-tree.ts';
import { watchSystem } from '../event-log/watch-system.ts';
import { machineTransitions, transitionOf, type MachineTransition } from './machine-transitions.ts';

/** How often a transition was taken. */
type CountedTransition = MachineTransition & { readonly count: number };

export type MachineCoverage = {
  /** The machine's id. */
  readonly machine: string;
  readonly taken: number;
  readonly total: number;
  readonly transitions: readonly CountedTransition[];
};

/** Counts as plain JSON, to be kept and added up: by machine id, then by the transition's key. */
export type CoverageCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Of all machines of one id. */
type Counted = { readonly definition: AnyStateMachine; readonly counters: Map<string, Counter> };
type Counter = { count: number; readonly transition: MachineTransition };

/**
 * Counts which transitions of which machines were taken, by any number of actors in any number of
 * systems.
 *
 * Machines of the same id count as one: `provide` makes a new machine of the same transitions.
 */
export class TransitionCoverage {
  readonly #machines = new Map<string, Counted>();
  readonly #added = new WeakSet<AnyStateMachine>();
  readonly #counters = new WeakMap<AnyTransitionDefinition, Counter>();

  constructor(machines: readonly AnyStateMachine[] = []) {
    machines.forEach((machine) => this.add(machine));
  }

  /** Adds a machine and all below it: they are in the result also if none of their actors ever runs. */
  add(machine: AnyStateMachine): void {
    findMachines(machine).forEach((each) => this.#add(each));
  }

  /** Counts from here on what is taken in the system of `root`, which is best not yet started. */
  watch(root: AnyActor): void {
    watchSystem(root.system, (inspection) => {
      if (inspection.type === '@xstate.microstep') inspection._transitions.forEach(this.#count);
    });
  }

  /**
   * Adds what was counted elsewhere.
   *
   * @returns the keys, behind their machine's id, of transitions that no machine here has: they were
   * counted of other code.
   */
  merge(counts: CoverageCounts): readonly string[] {
    const unknown: string[] = [];
    for (const [machine, taken] of Object.entries(counts)) {
      for (const [key, count] of Object.entries(taken)) {
        const counter = this.#machines.get(machine)?.counters.get(key);
        if (counter) counter.count += count;
        else unknown.push(`${machine}: ${key}`);
      }
    }
    return unknown;
  }

  /** Only what was taken, so that it stays small. */
  toJSON(): CoverageCounts {
    return Object.fromEntries(
      this.machines.map(({ machine, transitions }) => [
        machine,
        Object.fromEntries(
          transitions.filter(({ count }) => count > 0).map(({ key, count }) => [key, count]),
        ),
      ]),
    );
  }

  /** In the order in which the machines came, and of their definitions. */
  get machines(): readonly MachineCoverage[] {
    return [...this.#machines].map(([machine, { counters }]) => {
      const transitions = [...counters.values()].map(({ transition, count }) => ({
        ...transition,
        count,
      }));
      return {
        machine,
        taken: transitions.filter(({ count }) => count > 0).length,
        total: transitions.length,
        transitions,
      };
    });
  }

  /** The machine itself, of its id, to be drawn. */
  definitionOf(id: string): AnyStateMachine | undefined {
    return this.#machines.get(id)?.definition;
  }

  #add(machine: AnyStateMachine): ReadonlyMap<string, Counter> {
    const known = this.#machines.get(machine.id) ?? { definition: machine, counters: new Map() };
    const { counters } = known;
    if (this.#added.has(machine)) return counters;
    this.#added.add(machine);
    this.#machines.set(machine.id, known);
    for (const transition of machineTransitions(machine)) {
      if (!counters.has(transition.key)) counters.set(transition.key, { count: 0, transition });
    }
    return counters;
  }

  readonly #count = (taken: AnyTransitionDefinition): void => {
    const counter = this.#counters.get(taken) ?? this.#meet(taken);
    if (counter) counter.count += 1;
  };

  /** A machine that is spawned in place stands in no definition: it is added when it first moves. */
  #meet(taken: AnyTransitionDefinition): Counter | undefined {
    const transition = transitionOf(taken);
    if (!transition) return undefined;
    const counter = this.#add(taken.source.machine).get(transition.key);
    if (counter) this.#counters.set(taken, counter);
    return counter;
  }
}
