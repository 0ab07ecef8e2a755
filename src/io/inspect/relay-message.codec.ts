import { z } from 'zod';
import type { RelayMessage } from './protocol.ts';

const messageTypes = [
  'hello',
  'reset',
  'machine',
  'actors',
  'ready',
  'changes',
  'actor',
  'actorChanged',
  'noActor',
  'contexts',
  'room',
  'marks',
  'levels',
  'sessions',
  'alerts',
  'worker',
  'recording',
  'opening',
  'playhead',
  'refused',
] as const satisfies readonly RelayMessage['type'][];

/** What tells a message of a relay; the rest of it is trusted, once the version is the same. */
const typedSchema = z.looseObject({ type: z.enum(messageTypes) });
const helloSchema = z.looseObject({ type: z.literal('hello'), version: z.number() });

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A frame as the message that it is; null where it is none of this version. */
export function parseRelayMessage(text: string): RelayMessage | null {
  const read = typedSchema.safeParse(readJson(text));
  return read.success ? (read.data as unknown as RelayMessage) : null;
}

/** The version of the protocol that a first frame names; null where it is no `hello`. */
export function parseHelloVersion(text: string): number | null {
  const read = helloSchema.safeParse(readJson(text));
  return read.success ? read.data.version : null;
}
