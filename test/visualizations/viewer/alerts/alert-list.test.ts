import { describe, expect, it } from 'vitest';
import type { AlertRow } from '../../../../src/io/inspect/protocol.ts';
import { sortedAlerts } from '../../../../visualizations/viewer/src/alerts/alert-list.ts';

const alertRow = (key: string, changes: Partial<AlertRow['alert']>): AlertRow => ({
  system: 'AJ_1',
  agent: 'participant-monitor',
  room: 'demo',
  identity: 'alice',
  alert: { key, severity: 'warning', message: key, openedAt: 1, evidence: {}, ...changes },
});

describe('the list of alerts', () => {
  it('[VWR-9] begins with the open ones, the worst and oldest of them first, then the latest to be resolved', () => {
    const rows = [
      alertRow('resolved early', { severity: 'critical', resolvedAt: 50 }),
      alertRow('young', { openedAt: 30 }),
      alertRow('resolved late', { severity: 'info', resolvedAt: 60 }),
      alertRow('old', { openedAt: 20 }),
      alertRow('critical', { severity: 'critical', openedAt: 40 }),
      alertRow('info', { severity: 'info', openedAt: 10 }),
    ];
    expect(sortedAlerts(rows).map(({ alert }) => alert.key)).toEqual([
      ...['critical', 'old', 'young', 'info', 'resolved late', 'resolved early'],
    ]);
  });
});
