import type { StateValue } from 'xstate';

/** The states that an actor is in, each from the top: `connected.speech.silent`, `connected.video.off`. */
export function stateLeaves(value: StateValue): readonly string[] {
  if (typeof value === 'string') return [value];
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined
      ? []
      : stateLeaves(inner).map((leaf) => (leaf === '' ? key : `${key}.${leaf}`)),
  );
}
