import type { StateValue } from 'xstate';

/** Where a machine is in one of its regions. */
export type LaneState = {
  /** Path of the region's parallel state and the region's name; empty for the machine's own states. */
  readonly lane: string;
  /** States within the region, the outer before the inner ones. */
  readonly states: readonly string[];
};

/** A lane for the machine itself, and one for each region of the parallel states it is in. */
export const laneStates = (value: StateValue): readonly LaneState[] => walk(value, '', []);

function walk(value: StateValue, lane: string, outer: readonly string[]): readonly LaneState[] {
  if (typeof value === 'string') return [{ lane, states: [...outer, value] }];
  const regions = Object.entries(value);
  const [only] = regions;
  if (!only) return [{ lane, states: outer }];
  if (regions.length === 1) return walk(only[1] ?? {}, lane, [...outer, only[0]]);
  const inner = regions.flatMap(([name, state]) =>
    walk(state ?? {}, [lane, ...outer, name].filter((part) => part !== '').join('.'), []),
  );
  // A machine that is parallel itself has no state of its own to show.
  return outer.length === 0 ? inner : [{ lane, states: outer }, ...inner];
}
