import type { Entry } from '../../../../src/io/inspect/protocol.ts';

/** The transitions that a chart lights. */
export type LastTaken = {
  /** Into the state that the actor is in, and the number of their entry; none before the first. */
  readonly moved: { readonly seq: number; readonly keys: readonly string[] } | null;
  /** With the last event, whether or not it changed the state. */
  readonly latest: readonly string[];
};

/**
 * What an actor did last. Both are told, since measurements that change nothing come ten times a second
 * and would hide what brought the actor where it is.
 */
export function lastTaken(entries: readonly Entry[]): LastTaken {
  const taken = entries.filter((entry) => entry.taken.length > 0);
  const moved = taken.findLast(({ value }) => value !== null);
  return {
    moved: moved ? { seq: moved.seq, keys: moved.taken } : null,
    latest: taken.at(-1)?.taken ?? [],
  };
}
