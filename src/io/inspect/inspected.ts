import type { SessionView } from '../http/sessions-view.ts';
import type { InspectedActor } from './inspected-actor.ts';
import type {
  ActorAddress,
  AlertRow,
  MachineRow,
  RelayMessage,
  WorkerFigures,
} from './protocol.ts';
import type { SystemWatch } from './system-watch.ts';

/** What a viewer may be told of. */
export type Inspected = {
  /** Parents come before what is below them. */
  readonly inspectedActors: readonly InspectedActor[];
  readonly systems: readonly SystemWatch[];
  readonly alerts: readonly AlertRow[];
  /** The running ones first. */
  readonly sessions: readonly SessionView[];
  readonly figures: WorkerFigures;
  systemsOf(room: string): readonly SystemWatch[];
  /** Of a system, by its id; null where it is about none, or unknown. */
  roomOf(system: string): string | null;
  /** The one that was last at an address. */
  find(address: ActorAddress): InspectedActor | undefined;
  /** Whether it has not been forgotten. */
  isKnown(actor: InspectedActor): boolean;
  systemOf(actor: InspectedActor): SystemWatch | undefined;
  machine(id: number): MachineRow | undefined;
};

/** The machines that one viewer was told of: each once, before the first actor that runs it. */
export class ToldMachines {
  readonly #inspection: Pick<Inspected, 'machine'>;
  readonly #told = new Set<number>();

  constructor(inspection: Pick<Inspected, 'machine'>) {
    this.#inspection = inspection;
  }

  /** Of these actors, the machines that are still to be told of. */
  next(rows: readonly { readonly machine: number | null }[]): readonly RelayMessage[] {
    return rows.flatMap(({ machine }) => {
      if (machine === null || this.#told.has(machine)) return [];
      this.#told.add(machine);
      const row = this.#inspection.machine(machine);
      return row ? [{ type: 'machine', ...row } as const] : [];
    });
  }
}
