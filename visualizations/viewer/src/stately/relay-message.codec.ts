import type { StatelyRelayMessage } from '../../../../src/io/inspect/protocol.ts';

/** All that a relay says to this page. */
const TYPES: Readonly<Record<StatelyRelayMessage['type'], true>> = {
  inspector: true,
  message: true,
  leftOut: true,
};

/**
 * One frame of the stream: the relay is of the same package, so only the type is looked at.
 *
 * @returns null where it is none
 */
export function decodeStatelyMessage(frame: unknown): StatelyRelayMessage | null {
  if (typeof frame !== 'string') return null;
  try {
    const value: unknown = JSON.parse(frame);
    return isStatelyMessage(value) ? value : null;
  } catch {
    return null;
  }
}

const isStatelyMessage = (value: unknown): value is StatelyRelayMessage =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  Object.hasOwn(TYPES, value.type);
