import type { SessionView } from '../http/sessions-view.ts';
import { keyOf, nameOf, nameOfAlert, type LiveAlert, type LiveFrame } from './live-frame.ts';
import { formatElapsed, printable } from './format.ts';

/** The regions whose changes are told; outside `connected` they are null and say nothing. */
const regions = ['presence', 'speech', 'video', 'quality'] as const;

/** What is new in a frame, a line for each change: the view for output that cannot be redrawn. */
export function describeChanges(previous: LiveFrame | null, next: LiveFrame): string[] {
  const at = formatElapsed(next.now - next.startedAt);
  const before = new Map(previous?.view.sessions.map((session) => [keyOf(session), session]));
  return [
    ...connectionChanges(previous, next),
    ...inOrder(next.view.sessions).flatMap((session) =>
      sessionChanges(before.get(keyOf(session)), session),
    ),
    ...alertChanges(previous?.alerts ?? [], next),
  ].map((change) => `${at}  ${printable(change)}`);
}

/** Of their begin: those that have ended stand elsewhere as soon as their files are closed. */
const inOrder = (sessions: readonly SessionView[]): readonly SessionView[] =>
  sessions.toSorted((a, b) => a.startedAt - b.startedAt || (keyOf(a) < keyOf(b) ? -1 : 1));

function connectionChanges(previous: LiveFrame | null, next: LiveFrame): string[] {
  const before = new Map(
    previous?.view.worker?.connections.map(({ agent, state }) => [agent, state]),
  );
  return (next.view.worker?.connections ?? [])
    .filter(({ agent, state }) => before.get(agent) !== state)
    .map(({ agent, state }) => `worker: ${agent} ${state}`);
}

function sessionChanges(previous: SessionView | undefined, next: SessionView): string[] {
  const name = nameOf(next);
  if (!previous) return [`${name}: ${next.state}`];
  return [
    ...(previous.state === next.state ? [] : [`${name}: ${previous.state} -> ${next.state}`]),
    ...regions.flatMap((region) => {
      const [from, to] = [previous[region], next[region]];
      return from === to || to === null ? [] : [`${name}: ${region} ${to}`];
    }),
    ...(next.endReason === null || previous.endReason !== null
      ? []
      : [`${name}: ended, ${next.endReason}`]),
  ];
}

function alertChanges(previous: readonly LiveAlert[], next: LiveFrame): string[] {
  const before = new Set(previous.map(stampOf));
  return next.alerts
    .filter((alert) => !before.has(stampOf(alert)))
    .map((row) => {
      const { key, message, updatedAt, resolvedAt } = row.alert;
      const about = `${nameOfAlert(next, row)}: alert ${key}`;
      if (resolvedAt !== undefined) return `${about} resolved`;
      return updatedAt === undefined ? `${about}: ${message}` : `${about} updated: ${message}`;
    });
}

const stampOf = ({ jobId, identity, alert }: LiveAlert): string => {
  const { key, openedAt, updatedAt = null, resolvedAt = null } = alert;
  return JSON.stringify([jobId, identity, key, openedAt, updatedAt, resolvedAt]);
};
