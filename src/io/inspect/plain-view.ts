import type { EventObject } from 'xstate';
import { toPlainEvent } from '../event-log/plain-event.ts';

const MAX_CONTEXT_LENGTH = 256 * 1024;
const MAX_EVENT_LENGTH = 16 * 1024;

/** Said in the place of a value that has no JSON, or too much of it. */
const NOT_SHOWN = '(not shown)';

/** An event as it can be sent; what it carries may be a user's, and anything. */
export function shownEvent(event: EventObject): EventObject {
  const plain = toPlainEvent(event);
  const problem = problemOf(plain, MAX_EVENT_LENGTH);
  return problem === null ? plain : Object.assign({ type: event.type }, { [NOT_SHOWN]: problem });
}

/** A context or an output as it can be sent. */
export function shownValue(value: unknown): {
  readonly value: unknown;
  readonly isTooBig: boolean;
} {
  const problem = problemOf(value, MAX_CONTEXT_LENGTH);
  return problem === null
    ? { value: value ?? null, isTooBig: false }
    : { value: { [NOT_SHOWN]: problem }, isTooBig: problem.startsWith('it has') };
}

function problemOf(value: unknown, maxLength: number): string | null {
  try {
    // Undefined has no text.
    const length = value === undefined ? 0 : JSON.stringify(value).length;
    return length > maxLength ? `it has ${length} characters, more than ${maxLength}` : null;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
