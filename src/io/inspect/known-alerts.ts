import type { AlertRow, RelayMessage } from './protocol.ts';

type AlertsTold = Pick<Extract<RelayMessage, { readonly type: 'alerts' }>, 'isAll' | 'alerts'>;

/** As many as a relay tells to somebody who comes late. */
const MAX_ALERTS = 200;

/** Tells alerts apart: one that is opened again is another. */
export const alertKey = ({ system, alert: { key, openedAt } }: AlertRow): string =>
  JSON.stringify([system, key, openedAt]);

/** What is known of alerts after a message about them; of more than 200 the oldest go. */
export function withAlerts(
  known: readonly AlertRow[],
  { isAll, alerts }: AlertsTold,
): readonly AlertRow[] {
  if (isAll) return alerts;
  // One that is told again has changed or been resolved, and keeps its place.
  const byKey = new Map([...known, ...alerts].map((row) => [alertKey(row), row]));
  return [...byKey.values()].slice(-MAX_ALERTS);
}
