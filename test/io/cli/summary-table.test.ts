import { expect, it } from 'vitest';
import { renderSummaryTable } from '../../../src/io/cli/summary-table.ts';
import type { SessionSummary } from '../../../src/machines/session/session.events.ts';

const summary: SessionSummary = {
  identity: 'alice',
  startedAt: 0,
  durationMs: 245_000,
  connectedMs: 200_000,
  speakingMs: 62_000,
  speakingShare: 0.31,
  turns: 4,
  tracks: 2,
  reconnects: 1,
  finalQuality: 'excellent',
  freezes: 3,
  alerts: 2,
  endReason: 'participant_left',
};

it('[CLI-36] tells the closing figures of each session in a row of at most 100 columns', () => {
  const [head = '', row = ''] = renderSummaryTable([summary]).split('\n');
  const cells = (line: string) => line.trim().split(/ {2,}/);
  expect(cells(head)).toEqual([
    ...['participant', 'duration', 'speaking', 'turns', 'tracks', 'reconnects', 'quality'],
    ...['freezes', 'end reason'],
  ]);
  expect(cells(row)).toEqual([
    ...['alice', '4m05s', '1m02s (31 %)', '4', '2', '1', 'excellent', '3', 'participant_left'],
  ]);
  expect(head.length).toBeLessThanOrEqual(100);
});

it('[CLI-37] lets no identity break the table, and says so where there is none', () => {
  const table = renderSummaryTable([{ ...summary, identity: 'a\nb\x1b[2J' }]);
  expect(table.split('\n')).toHaveLength(3);
  expect(table).toContain('a?b?[2J');
  expect(renderSummaryTable([])).toBe('No session has ended.\n');
});
