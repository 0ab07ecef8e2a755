import { matchesState, type StateValue } from 'xstate';
import { formatLogTime, formatState } from '../cli/step-text.ts';
import type { AgentRun, SentMessage } from './agent-run.ts';
import { waysAt, type ReachedState } from './job-story.ts';

/** Longer lists are cut in front: what came last is nearer to what went wrong. */
const MAX_SHOWN = 12;
const MAX_TEXT_LENGTH = 200;

/** As a column, so that what stands beside it stands in line. */
const timeOf = (atMs: number): string => formatLogTime(atMs).padStart(10);

/** One thing below the other, the last ones only. */
function listed(title: string, lines: readonly string[]): string[] {
  const hiddenCount = lines.length - MAX_SHOWN;
  return [
    `${title}:`,
    ...(hiddenCount > 0 ? [`  ${hiddenCount} earlier`] : []),
    ...lines.slice(-MAX_SHOWN).map((line) => `  ${line}`),
  ];
}

/** The states that an actor passed; without such an actor the paths of those that were there. */
export function wayText({ story }: AgentRun, path: string): string[] {
  const found = waysAt(story, path);
  if (found.length === 0) {
    return listed(`there was no actor ${path}. There were`, [...story.ways.keys()]);
  }
  return found.flatMap(([actual, way]) =>
    listed(
      `the way of ${actual}`,
      way.map(({ atMs, state }) => `${timeOf(atMs)}  ${formatState(state)}`),
    ),
  );
}

/** The first time that an actor was in a state, which is written as for `snapshot.matches`. */
export const firstIn = (way: readonly ReachedState[], wanted: StateValue): number | undefined =>
  way.find(({ state }) => matchesState(wanted, state))?.atMs;

/** A state as somebody asked for it. */
export const stateText = (state: StateValue): string =>
  typeof state === 'string' ? state : formatState(state);

/** How much was reached of a state within states. */
export function nearestText(way: readonly ReachedState[], wanted: StateValue): string[] {
  if (typeof wanted !== 'string') return [];
  const ids = wanted.split('.');
  for (let length = ids.length - 1; length > 0; length -= 1) {
    const part = ids.slice(0, length).join('.');
    const atMs = firstIn(way, part);
    if (atMs !== undefined) return [`the nearest was ${part}, at ${formatLogTime(atMs)}`];
  }
  return [];
}

/** Data messages, each with its time, or that there were none. */
export function messagesText(title: string, messages: readonly SentMessage[]): string[] {
  if (messages.length === 0) return [`${title}: nothing`];
  return listed(
    title,
    messages.map(
      ({ atMs, to, topic, text }) => `${timeOf(atMs)}  to ${to}: ${topic} ${shortened(text)}`,
    ),
  );
}

const shortened = (text: string): string =>
  text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}...` : text;

/** The alerts that there were, with their times since the beginning of the run. */
export function alertsText({ alerts, startedAt }: AgentRun): string[] {
  if (alerts.length === 0) return ['alerts: none'];
  return listed(
    'alerts',
    alerts.map(({ key, openedAt, resolvedAt, message }) => {
      const end =
        resolvedAt === undefined ? 'open' : `resolved at ${formatLogTime(resolvedAt - startedAt)}`;
      return `${timeOf(openedAt - startedAt)}  ${key} (${end}): ${message}`;
    }),
  );
}
