import type { StateValue } from 'xstate';

/** A state with no state below it. */
export type StateLeaf = {
  /** The region or outer state that it is in; null at the top. */
  readonly region: string | null;
  readonly state: string;
  /** Names from the top down, joined by `.`, as a chart has them. */
  readonly path: string;
};

/** The innermost states, a parallel state's regions in their order. */
export const stateLeaves = (value: StateValue | null): readonly StateLeaf[] =>
  value === null ? [] : leavesBelow(value, []);

/** All states that are active, the outer before the inner ones. */
export function activeStates(value: StateValue | null): readonly string[] {
  if (value === null) return [];
  if (typeof value === 'string') return [value];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...activeStates(inner ?? null)]);
}

function leavesBelow(value: StateValue, outer: readonly string[]): readonly StateLeaf[] {
  if (typeof value === 'string') return [leaf(outer, value)];
  return Object.entries(value).flatMap(([name, inner]) =>
    inner === undefined || isEmpty(inner)
      ? [leaf(outer, name)]
      : leavesBelow(inner, [...outer, name]),
  );
}

const leaf = (outer: readonly string[], state: string): StateLeaf => ({
  region: outer.at(-1) ?? null,
  state,
  path: [...outer, state].join('.'),
});

const isEmpty = (value: StateValue): boolean =>
  typeof value === 'object' && Object.keys(value).length === 0;
