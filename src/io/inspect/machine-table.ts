import type { AnyActor, AnyStateMachine } from 'xstate';
import { isMachine } from '../../machines/actor-tree.ts';
import { machineChart } from '../diagrams/machine-chart.ts';
import { fingerprints } from '../event-log/head.ts';
import type { MachineRow } from './protocol.ts';

/** A program that makes machines while it runs must not fill the memory: those beyond it are not drawn. */
const MAX_MACHINES = 500;

/**
 * The machines that were met, each once: those that `provide` made of one machine are the same one, and
 * those that look the same, as each jump in a recording makes copies.
 */
export class MachineTable {
  readonly #idByConfig = new WeakMap<object, number>();
  readonly #idByFingerprint = new Map<string, number>();
  readonly #rows: MachineRow[] = [];

  /** Null where the actor runs no machine, or there are too many. */
  idOf(actor: AnyActor): number | null {
    const logic: unknown = actor.logic;
    if (!isMachine(logic)) return null;
    const known = this.#idByConfig.get(logic.config);
    if (known !== undefined) return known;
    const fingerprint = `${logic.id} ${fingerprints(logic)[logic.id] ?? ''}`;
    const id = this.#idByFingerprint.get(fingerprint) ?? this.#add(fingerprint, logic);
    if (id !== null) this.#idByConfig.set(logic.config, id);
    return id;
  }

  find(id: number): MachineRow | undefined {
    return this.#rows[id - 1];
  }

  #add(fingerprint: string, machine: AnyStateMachine): number | null {
    if (this.#rows.length === MAX_MACHINES) return null;
    const id = this.#rows.length + 1;
    this.#idByFingerprint.set(fingerprint, id);
    this.#rows.push({ id, name: machine.id, chart: machineChart(machine) });
    return id;
  }
}
