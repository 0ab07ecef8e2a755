import type { RelayMessage } from '../../../../src/io/inspect/protocol.ts';

/** All that a relay of this version says. */
const TYPES: Readonly<Record<RelayMessage['type'], true>> = {
  hello: true,
  reset: true,
  machine: true,
  actors: true,
  ready: true,
  changes: true,
  actor: true,
  actorChanged: true,
  noActor: true,
  contexts: true,
  room: true,
  marks: true,
  levels: true,
  sessions: true,
  alerts: true,
  worker: true,
  recording: true,
  opening: true,
  playhead: true,
  refused: true,
};

/**
 * One frame of the stream.
 *
 * The relay is of the same package, and the subprotocol names the version: only the type is looked at.
 *
 * @returns null where it is none
 */
export function decodeRelayMessage(frame: unknown): RelayMessage | null {
  if (typeof frame !== 'string') return null;
  try {
    const value: unknown = JSON.parse(frame);
    return isRelayMessage(value) ? value : null;
  } catch {
    return null;
  }
}

const isRelayMessage = (value: unknown): value is RelayMessage =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  Object.hasOwn(TYPES, value.type);
