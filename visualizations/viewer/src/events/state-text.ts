import type { StateValue } from 'xstate';
import { stateLeaves, type StateLeaf } from '../model/state-leaves.ts';

/** The innermost states of one value that the value before did not have: what an event brought. */
export function newLeaves(value: StateValue, before: StateValue | null): readonly StateLeaf[] {
  const known = new Set(stateLeaves(before).map(({ path }) => path));
  const fresh = stateLeaves(value).filter(({ path }) => !known.has(path));
  // It came back to where it was.
  return fresh.length > 0 ? fresh : stateLeaves(value);
}
