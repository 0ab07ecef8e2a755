import { changedPaths } from './context-diff.ts';

/** So long a change is shown. */
const SHOWN_MS = 1_000;
/** A context that changes in more places is not marked in all of them. */
const MAX_PATHS = 2_000;

/** Where a value has just changed, from one look at it to the next. */
export class RecentChanges {
  #last: unknown = undefined;
  #turn = 0;
  readonly #changed = new Map<string, { readonly turn: number; readonly atMs: number }>();

  /** @param nowMs of the page's monotonic clock, as in {@link turnOf} */
  see(value: unknown, nowMs: number): void {
    const last = this.#last;
    this.#last = value;
    for (const [path, { atMs }] of this.#changed) {
      if (nowMs - atMs > SHOWN_MS) this.#changed.delete(path);
    }
    // Nothing is a change of a value that was not seen before.
    if (last === undefined || last === value) return;
    this.#turn += 1;
    for (const path of changedPaths(last, value)) {
      if (this.#changed.size >= MAX_PATHS) return;
      this.#changed.set(path, { turn: this.#turn, atMs: nowMs });
    }
  }

  /** Grows when it changes again; null where it did not of late. */
  turnOf(path: string, nowMs: number): number | null {
    const change = this.#changed.get(path);
    return change && nowMs - change.atMs <= SHOWN_MS ? change.turn : null;
  }
}
