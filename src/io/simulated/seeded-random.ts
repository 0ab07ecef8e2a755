import type { Random } from '../../actors/ports.ts';

/**
 * Chance that comes out the same for the same seed (the mulberry32 generator).
 *
 * @param stream keeps the draws of one part of a simulation apart from those of the others, so that
 * one more participant does not change what happens to all the rest.
 */
export function seededRandom(seed: number, stream = ''): Random {
  let state = hashOf(`${seed}/${stream}`);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a: neighbouring seeds give generators that have nothing to do with each other. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
