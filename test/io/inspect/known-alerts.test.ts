import { expect, it } from 'vitest';
import { withAlerts } from '../../../src/io/inspect/known-alerts.ts';
import type { AlertRow } from '../../../src/io/inspect/protocol.ts';

const alertRow = (openedAt: number, resolvedAt?: number): AlertRow => ({
  system: 'AJ_1',
  agent: 'participant-monitor',
  room: 'demo',
  identity: 'alice',
  alert: {
    ...{ key: 'suspect', severity: 'warning', message: 'no packets', evidence: {}, openedAt },
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
  },
});
const told = (...alerts: readonly AlertRow[]) => ({ isAll: false, alerts });

it('[VWM-5] an alert that is told again is resolved in its place, and one that opens anew is another', () => {
  const known = [alertRow(1), alertRow(2)];
  expect(withAlerts(known, told(alertRow(3), alertRow(1, 9)))).toEqual([
    alertRow(1, 9),
    alertRow(2),
    alertRow(3),
  ]);
});

it('[VWM-6] of alerts the last two hundred are kept, and all go where all are told', () => {
  const many = Array.from({ length: 250 }, (_, index) => alertRow(index));
  const known = withAlerts([], told(...many));
  expect([known.length, known.at(-1)]).toEqual([200, alertRow(249)]);
  expect(withAlerts(known, { isAll: true, alerts: [alertRow(7)] })).toEqual([alertRow(7)]);
});
