import type { Snapshot } from 'xstate';
import { expect } from 'vitest';

/** A snapshot as it comes back from JSON text; fails where something is lost on the way. */
export function throughJson(snapshot: Snapshot<unknown>): Snapshot<unknown> {
  const copy = JSON.parse(JSON.stringify(snapshot)) as Snapshot<unknown>;
  expect(copy).toEqual(snapshot);
  return copy;
}
