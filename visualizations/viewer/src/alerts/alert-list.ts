import type { AlertRow } from '../../../../src/io/inspect/protocol.ts';

const SEVERITIES = ['critical', 'warning', 'info'] as const;

export const isOpen = ({ alert }: AlertRow): boolean => alert.resolvedAt === undefined;

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
