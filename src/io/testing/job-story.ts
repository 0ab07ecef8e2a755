import type { StateValue } from 'xstate';
import { isStimulus, type FileLine } from '../event-log/log-line.ts';

/** A state that an actor came to, in milliseconds since the beginning of the run. */
export type ReachedState = { readonly atMs: number; readonly state: StateValue };

/** A data message that the agent gave to the room, whether or not anybody got it. */
export type PublishedMessage = {
  readonly atMs: number;
  readonly to: readonly string[];
  readonly topic: string;
};

/** The root is the job; paths of tests begin below it. */
const ROOT = 'job';

/** `job` for the job itself, else the ids below it: `agent`, `agent/participant:alice`. */
const shortPathOf = (path: string): string =>
  path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : path;

/** What the lines of an event log say of the ways of its actors. */
export type JobStory = {
  /** By path, in the order of their appearance; ports have no states. */
  readonly ways: ReadonlyMap<string, readonly ReachedState[]>;
  readonly published: readonly PublishedMessage[];
};

/**
 * The ways at a path, by their own paths: many where an id ends with `*`, which stands for whatever
 * follows (`track:*`).
 */
export const waysAt = (
  { ways }: JobStory,
  path: string,
): readonly (readonly [string, readonly ReachedState[]])[] =>
  [...ways].filter(([actual]) => isPathAt(actual.split('/'), path.split('/')));

const isPathAt = (actual: readonly string[], wanted: readonly string[]): boolean =>
  actual.length === wanted.length &&
  wanted.every((id, index) =>
    id.endsWith('*') ? actual[index]?.startsWith(id.slice(0, -1)) : actual[index] === id,
  );

/** @param offsetMs the beginning of the log, in milliseconds since the beginning of the run. */
export function readStory(lines: readonly FileLine[], offsetMs: number): JobStory {
  const paths = new Map<number, string>();
  const ways = new Map<string, ReachedState[]>();
  const published: PublishedMessage[] = [];
  let atMs = offsetMs;
  for (const line of lines) {
    if (isStimulus(line)) atMs = offsetMs + line.t;
    if (line.kind === 'actor') paths.set(line.actor, shortPathOf(line.path));
    if (line.kind === 'state') {
      const path = paths.get(line.actor) ?? '';
      const way = ways.get(path) ?? [];
      ways.set(path, way);
      way.push({ atMs, state: line.value });
    }
    if (line.kind === 'command' && isMessage(line.event)) {
      published.push({ atMs, to: line.event.to, topic: line.event.topic });
    }
  }
  return { ways, published };
}

/** As the machine said it, which may be in JavaScript. */
const isMessage = (event: {
  readonly type: string;
  readonly to?: unknown;
  readonly topic?: unknown;
}): event is { readonly type: 'data.publish'; readonly to: string[]; readonly topic: string } =>
  event.type === 'data.publish' && Array.isArray(event.to) && typeof event.topic === 'string';
