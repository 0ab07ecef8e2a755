import type { SessionSummary } from '../../machines/session/session.events.ts';
import { borderlessTable, trimLines } from './borderless-table.ts';
import { formatDuration, printable } from './format.ts';

type Column = { readonly title: string; readonly cell: (summary: SessionSummary) => string };

const columns: readonly Column[] = [
  { title: 'participant', cell: ({ identity }) => printable(identity) },
  { title: 'duration', cell: ({ durationMs }) => formatDuration(durationMs) },
  {
    title: 'speaking',
    cell: ({ speakingMs, speakingShare }) =>
      `${formatDuration(speakingMs)} (${(speakingShare * 100).toFixed(0)} %)`,
  },
  { title: 'turns', cell: ({ turns }) => String(turns) },
  { title: 'tracks', cell: ({ tracks }) => String(tracks) },
  { title: 'reconnects', cell: ({ reconnects }) => String(reconnects) },
  { title: 'quality', cell: ({ finalQuality }) => finalQuality },
  { title: 'freezes', cell: ({ freezes }) => String(freezes) },
  { title: 'end reason', cell: ({ endReason }) => endReason },
];

/** The closing figures of all sessions, a row for each. */
export function renderSummaryTable(summaries: readonly SessionSummary[]): string {
  if (summaries.length === 0) return 'No session has ended.\n';
  // Narrow enough for a terminal of 100 columns.
  const table = borderlessTable({ head: columns.map(({ title }) => title), gap: 2 });
  table.push(...summaries.map((summary) => columns.map(({ cell }) => cell(summary))));
  return trimLines(table.toString());
}
