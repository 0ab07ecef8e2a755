import type { AnyActorLogic } from 'xstate';

type PersistedRoot = { readonly logic: AnyActorLogic; readonly getSnapshot: () => unknown };

/** Else XState throws where an actor stands in no slot; the line check says what is wrong with it. */
const WHATEVER_IT_HOLDS = { __unsafeAllowInlineActors: true };

/**
 * The snapshot of a root and of all actors below it, as a checkpoint keeps it: without what is
 * undefined, and with errors as text, since JSON has neither.
 */
export function persist(root: PersistedRoot): unknown {
  return toPlainTree(root.logic.getPersistedSnapshot(root.getSnapshot(), WHATEVER_IT_HOLDS), 0);
}

/** As deep as the check of lines looks: what holds itself must not hang the recorder. */
const MAX_DEPTH = 64;

/** Objects of classes stay as they are: no checkpoint can hold them, which the line check says. */
function toPlainTree(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth === MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((part: unknown) => toPlainTree(part, depth + 1));
  if (value instanceof Error) return String(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const parts = Object.entries<unknown>({ ...value }).filter(([, part]) => part !== undefined);
  return Object.fromEntries(parts.map(([key, part]) => [key, toPlainTree(part, depth + 1)]));
}
