import type { ActorId, ActorRow } from '../../../../src/io/inspect/protocol.ts';
import type { ActorsChange } from '../model/store.ts';

type Flash = { readonly turn: number; readonly atMs: number };

const FLASH_MS = 700;
const MAX_KNOWN = 5_000;

/** Which states changed just now. Limit: 5,000 actors, those that changed first are forgotten. */
export class StateFlashes {
  readonly #flashes = new Map<ActorId, Flash>();

  /** @param nowMs `performance.now()` */
  take({ isReset, changed }: ActorsChange, nowMs: number): void {
    if (isReset) this.#flashes.clear();
    for (const actor of changed) this.#flash(actor, nowMs);
  }

  #flash({ id }: ActorRow, nowMs: number): void {
    const turn = (this.#flashes.get(id)?.turn ?? 0) + 1;
    this.#flashes.delete(id);
    this.#flashes.set(id, { turn, atMs: nowMs });
    const [oldest] = this.#flashes.keys();
    if (this.#flashes.size > MAX_KNOWN && oldest !== undefined) this.#flashes.delete(oldest);
  }

  /** How often it changed; null where that is long ago. */
  turnOf(id: ActorId, nowMs: number): number | null {
    const flash = this.#flashes.get(id);
    return flash && nowMs - flash.atMs < FLASH_MS ? flash.turn : null;
  }
}
