import type { StateValue } from 'xstate';
import { stateLeaves } from '../model/state-leaves.ts';

/** Paths of all states that a machine is in, its own (empty) one first; none without a value. */
export function activePaths(value: StateValue | null): ReadonlySet<string> {
  if (value === null) return new Set();
  return new Set(['', ...stateLeaves(value).flatMap(({ path }) => withOuter(path.split('.')))]);
}

const withOuter = (names: readonly string[]): readonly string[] =>
  names.map((_name, index) => names.slice(0, index + 1).join('.'));
