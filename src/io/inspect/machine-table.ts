import type { AnyActor } from 'xstate';
import { isMachine } from '../../machines/actor-tree.ts';
import { machineChart } from '../diagrams/machine-chart.ts';
import type { MachineRow } from './protocol.ts';

/** A program that makes machines while it runs must not fill the memory: those beyond it are not drawn. */
const MAX_MACHINES = 500;

/** The machines that were met, each once: those that `provide` made of one machine are the same one. */
export class MachineTable {
  readonly #idByConfig = new WeakMap<object, number>();
  readonly #rows: MachineRow[] = [];

  /** Null where the actor runs no machine, or there are too many. */
  idOf(actor: AnyActor): number | null {
    const logic: unknown = actor.logic;
    if (!isMachine(logic)) return null;
    const known = this.#idByConfig.get(logic.config);
    if (known !== undefined) return known;
    if (this.#rows.length === MAX_MACHINES) return null;
    const id = this.#rows.length + 1;
    this.#idByConfig.set(logic.config, id);
    this.#rows.push({ id, name: logic.id, chart: machineChart(logic) });
    return id;
  }

  find(id: number): MachineRow | undefined {
    return this.#rows[id - 1];
  }
}
