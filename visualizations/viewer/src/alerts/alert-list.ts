import type { ActorAddress, ActorRow, AlertRow } from '../../../../src/io/inspect/protocol.ts';

const SEVERITIES = ['critical', 'warning', 'info'] as const;

export const isOpen = ({ alert }: AlertRow): boolean => alert.resolvedAt === undefined;

/** Names an alert on the page. */
export const alertKey = ({ system, alert: { key, openedAt } }: AlertRow): string =>
  `${system} ${key} ${openedAt}`;

/** Open ones first, then the worse, then those that are open for longest; of the resolved the latest. */
export const sortedAlerts = (alerts: readonly AlertRow[]): readonly AlertRow[] =>
  [...alerts].sort(
    (a, b) => Number(isOpen(b)) - Number(isOpen(a)) || (isOpen(a) ? worse(a, b) : later(a, b)),
  );

const worse = (a: AlertRow, b: AlertRow): number =>
  SEVERITIES.indexOf(a.alert.severity) - SEVERITIES.indexOf(b.alert.severity) ||
  a.alert.openedAt - b.alert.openedAt;

const later = (a: AlertRow, b: AlertRow): number =>
  (b.alert.resolvedAt ?? 0) - (a.alert.resolvedAt ?? 0);

/**
 * Where an alert is to be looked into: the session of whom it is about, else the agent, else the job.
 *
 * @returns null where none of them is known any longer
 */
export function alertActor(
  { system, identity }: AlertRow,
  actors: Iterable<ActorRow>,
): ActorAddress | null {
  let best: { readonly path: string; readonly rank: number } | null = null;
  for (const actor of actors) {
    if (actor.system !== system) continue;
    const rank = rankOf(actor, identity);
    if (rank > (best?.rank ?? 0)) best = { path: actor.path, rank };
  }
  return best && { system, path: best.path };
}

function rankOf({ name, path }: ActorRow, identity: string | null): number {
  if (identity !== null && name === `participant:${identity}`) return 3;
  if (name === 'agent') return 2;
  return path.includes('/') ? 0 : 1;
}
