import type { RelayMessage, StatelyRelayMessage } from './protocol.ts';

const relayTypes: Readonly<Record<RelayMessage['type'], true>> = {
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

const statelyTypes: Readonly<Record<StatelyRelayMessage['type'], true>> = {
  inspector: true,
  message: true,
  leftOut: true,
};

/**
 * One frame of the stream of a relay of this version; null where it is none.
 *
 * Only the type is looked at: whoever says `hello` in this version is trusted with the rest.
 */
export function decodeRelayMessage(frame: unknown): RelayMessage | null {
  const said = saidIn(frame);
  return isOneOf<RelayMessage>(said, relayTypes) ? said : null;
}

/** One frame of what a relay says to the page with Stately's inspector; null where it is none. */
export function decodeStatelyMessage(frame: unknown): StatelyRelayMessage | null {
  const said = saidIn(frame);
  return isOneOf<StatelyRelayMessage>(said, statelyTypes) ? said : null;
}

/** The version of the protocol that a first frame names; null where it is no `hello`. */
export function decodeHelloVersion(frame: unknown): number | null {
  const said = saidIn(frame);
  const version: unknown = said?.type === 'hello' ? Reflect.get(said, 'version') : null;
  return typeof version === 'number' ? version : null;
}

type Said = { readonly type: string };

function saidIn(frame: unknown): Said | null {
  if (typeof frame !== 'string') return null;
  try {
    const value: unknown = JSON.parse(frame);
    return isSaid(value) ? value : null;
  } catch {
    return null;
  }
}

const isSaid = (value: unknown): value is Said =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const isOneOf = <TMessage extends Said>(
  said: Said | null,
  types: Readonly<Record<TMessage['type'], true>>,
): said is TMessage => said !== null && Object.hasOwn(types, said.type);
