import type { ClosedJob, ClosedRoom } from '../report/closed-job.ts';
import type { RoomTotals } from '../report/room-totals.ts';
import type { SummaryBook } from '../report/summary-book.ts';
import { analysisSummary, renderAnalysis } from './analysis-text.ts';
import { borderlessTable, trimLines } from './borderless-table.ts';
import { formatDuration, printable } from './format.ts';
import { renderConversation } from './conversation-table.ts';
import { renderSummaryTable } from './summary-table.ts';

type Shown = Pick<
  SummaryBook,
  'sessions' | 'rooms' | 'conversations' | 'others' | 'unlisted' | 'totals'
>;

/** The closing figures of all jobs: tables of participants, rooms and who spoke, and what others bring as it is. */
export function renderSummaries(shown: Shown): string {
  const { sessions, rooms, conversations, others, unlisted, totals } = shown;
  const isEmpty = [sessions, rooms, conversations, others].every(({ length }) => length === 0);
  const parts = [
    ...(sessions.length > 0 || isEmpty ? [renderSummaryTable(sessions)] : []),
    ...(rooms.length > 0 ? [renderRooms(rooms)] : []),
    ...(totals ? [renderTotals(totals)] : []),
    ...conversations.map(renderConversation),
    ...others.map(renderOther),
    ...(unlisted > 0 ? [`and ${unlisted} more, which only the event logs have\n`] : []),
  ];
  return parts.join('\n');
}

type Column = { readonly title: string; readonly cell: (room: ClosedRoom) => string };

const columns: readonly Column[] = [
  { title: 'room', cell: ({ room }) => printable(room) },
  { title: 'duration', cell: ({ durationMs }) => formatDuration(durationMs) },
  {
    title: 'people (at once)',
    cell: ({ identities, identitiesAreExact, peakParticipants }) =>
      `${atLeast(identities, identitiesAreExact)} (${peakParticipants})`,
  },
  { title: 'joins', cell: ({ joins }) => String(joins) },
  { title: 'tracks', cell: ({ tracksPublished }) => String(tracksPublished) },
  { title: 'messages', cell: ({ messages }) => String(messages) },
  {
    title: 'speaking',
    cell: ({ speakingMs }) => (speakingMs === null ? '?' : formatDuration(speakingMs)),
  },
  { title: 'end reason', cell: ({ endReason }) => endReason ?? 'cut off' },
];

function renderRooms(rooms: readonly ClosedRoom[]): string {
  const table = borderlessTable({ head: columns.map(({ title }) => title), gap: 2 });
  table.push(...rooms.map((room) => columns.map(({ cell }) => cell(room))));
  return trimLines(table.toString());
}

function renderTotals(totals: RoomTotals): string {
  const { rooms, peakRooms, participants, identities, identitiesAreExact } = totals;
  const { peakParticipants, tracks, messages, monitoredMs } = totals;
  const people = `${atLeast(identities, identitiesAreExact)} different people`;
  return (
    `In all: ${plural(rooms, 'room')} (${peakRooms} at once), ${people} in ${plural(participants, 'join')} ` +
    `(${peakParticipants} at once in a room), ${plural(tracks, 'track')}, ${plural(messages, 'message')}, ` +
    `${formatDuration(monitoredMs)} watched\n`
  );
}

function renderOther({ agent, room, summary, figures }: ClosedJob): string {
  const analysis = analysisSummary.safeParse(summary);
  if (analysis.success) return renderAnalysis(room, analysis.data);
  const cut = summary === null ? ', cut off' : '';
  return `${agent} in ${printable(room)}${cut}: ${printable(JSON.stringify(summary ?? figures))}\n`;
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const atLeast = (count: number, isExact: boolean): string =>
  isExact ? String(count) : `at least ${count}`;
