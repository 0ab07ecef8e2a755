import type { StateValue } from 'xstate';
import { stateLeaves, type StateLeaf } from '../model/state-leaves.ts';
import { stateTone } from '../style/state-colour.ts';

const RANKS: readonly string[] = ['bad', 'warn'];

/** What is wrong comes first: a line of the tree may have no room for all. */
export const shownStates = (value: StateValue | null): readonly StateLeaf[] =>
  stateLeaves(value).toSorted((one, other) => rankOf(one) - rankOf(other));

function rankOf({ state }: StateLeaf): number {
  const rank = RANKS.indexOf(stateTone(state));
  return rank < 0 ? RANKS.length : rank;
}
