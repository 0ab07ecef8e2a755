import type { InspectedActor } from './inspected-actor.ts';
import type { ActorId, RelayMessage } from './protocol.ts';
import type { SystemWatch } from './system-watch.ts';

type Changes = Extract<RelayMessage, { type: 'changes' }>;

/**
 * Which actors and systems came, changed and went since a viewer was told last.
 *
 * It names them and keeps nothing of them: its size is bounded by what there is, however long nobody
 * asks.
 */
export class ActorNews {
  readonly #added = new Set<InspectedActor>();
  readonly #changed = new Set<InspectedActor>();
  readonly #removed = new Set<ActorId>();
  readonly #systems = new Set<SystemWatch>();
  readonly #removedSystems = new Set<string>();

  add(actor: InspectedActor): void {
    this.#added.add(actor);
  }

  change(actor: InspectedActor): void {
    // It is told as it is then.
    if (!this.#added.has(actor)) this.#changed.add(actor);
  }

  remove(actor: InspectedActor): void {
    this.#changed.delete(actor);
    // Nobody was told of one that came and went between two frames.
    if (!this.#added.delete(actor)) this.#removed.add(actor.id);
  }

  changeSystem(system: SystemWatch): void {
    this.#systems.add(system);
  }

  removeSystem(id: string): void {
    this.#removedSystems.add(id);
  }

  clear(): void {
    this.#added.clear();
    this.#changed.clear();
    this.#removed.clear();
    this.#systems.clear();
    this.#removedSystems.clear();
  }

  /** All of it, as it is now; null where nothing is new. */
  take(at: number): Changes | null {
    const news: Changes = {
      type: 'changes',
      at,
      systems: [...this.#systems].map(({ row }) => row),
      added: [...this.#added].map(({ row }) => row),
      changed: [...this.#changed].map(({ change }) => change),
      removed: [...this.#removed],
      removedSystems: [...this.#removedSystems],
    };
    this.clear();
    const { systems, added, changed, removed, removedSystems } = news;
    const isNew = [systems, added, changed, removed, removedSystems].some(
      ({ length }) => length > 0,
    );
    return isNew ? news : null;
  }
}
