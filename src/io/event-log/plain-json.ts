/** Where a value stops being plain finite JSON, and what stands there instead. */
export type NotJson = { readonly path: string; readonly found: string };

/** Deeper than any payload: a value that holds itself must not hang the flush. */
const maxDepth = 64;

/**
 * Finds the first part of a value that would not come back from JSON text as it went in.
 *
 * NaN becomes null there, -0 becomes 0, a Map becomes {}, undefined disappears.
 */
export function findNotJson(value: unknown, depth = 0): NotJson | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      if (!Number.isFinite(value)) return notJson(String(value));
      return Object.is(value, -0) ? notJson('-0') : undefined;
    case 'object':
      if (value === null) return undefined;
      if (depth === maxDepth) return notJson(`something deeper than ${maxDepth} levels`);
      return Array.isArray(value) ? findInArray(value, depth) : findInObject(value, depth);
    default:
      return notJson(typeof value);
  }
}

const notJson = (found: string): NotJson => ({ path: '', found });

function findInArray(values: readonly unknown[], depth: number): NotJson | undefined {
  // By index: a hole is no key, but it would become null.
  for (let index = 0; index < values.length; index += 1) {
    const inner = findNotJson(values[index], depth + 1);
    if (inner) return { path: `[${index}]${inner.path}`, found: inner.found };
  }
  return undefined;
}

function findInObject(value: object, depth: number): NotJson | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return notJson(className(value));
  for (const key of Object.keys(value)) {
    const inner = findNotJson(Reflect.get(value, key), depth + 1);
    if (inner) return { path: `.${key}${inner.path}`, found: inner.found };
  }
  return undefined;
}

const className = (value: object): string =>
  typeof value.constructor === 'function' ? value.constructor.name : 'an object of a class';

/** Compares plain data by value. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isRecord(a) || !isRecord(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !isSame(a[key], b[key])) return false;
  }
  return true;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
