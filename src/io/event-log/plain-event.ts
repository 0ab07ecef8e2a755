import type { EventObject } from 'xstate';

/** XState's own words carry `output: undefined` and Error objects, which are not JSON. */
export function toPlainEvent(event: EventObject): EventObject {
  if (!event.type.startsWith('xstate.')) return event;
  const words = Object.entries<unknown>(event)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]): [string, unknown] => [
      key,
      value instanceof Error ? String(value) : value,
    ]);
  return { ...Object.fromEntries(words), type: event.type };
}
