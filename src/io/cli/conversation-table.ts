import type {
  ConversationSummary,
  SpeakerFigures,
} from '../../machines/conversation/conversation-figures.ts';
import { borderlessTable, trimLines } from './borderless-table.ts';
import { formatDuration, printable } from './format.ts';

type Column = { readonly title: string; readonly cell: (speaker: SpeakerFigures) => string };

const columns: readonly Column[] = [
  { title: 'speaker', cell: ({ participant }) => printable(participant) || 'others' },
  {
    title: 'talk',
    cell: ({ talkMs, talkShare }) =>
      `${formatDuration(talkMs)} (${(talkShare * 100).toFixed(0)} %)`,
  },
  { title: 'turns', cell: ({ turns }) => String(turns) },
  { title: 'at once', cell: ({ overlapMs }) => formatDuration(overlapMs) },
  { title: 'interrupted others', cell: ({ interruptions }) => String(interruptions) },
  { title: 'was interrupted', cell: ({ interrupted }) => String(interrupted) },
];

/** A longer table nobody reads. */
const SHOWN_SPEAKERS = 20;

/** What a conversation came to, and who talked how much in it. */
export function renderConversation(conversation: ConversationSummary): string {
  const { room, durationMs, items, talkMs, overlapMs, longestSilenceMs } = conversation;
  const { median, p95 } = conversation.responseGapMs;
  const gaps =
    median === null || p95 === null ? '' : `, response after ${gap(median)} (p95 ${gap(p95)})`;
  const text =
    `conversation in ${printable(room)}: ${formatDuration(durationMs)}, ${items} items, ` +
    `${formatDuration(talkMs)} of talk, ${formatDuration(overlapMs)} at once, ` +
    `longest silence ${formatDuration(longestSilenceMs)}${gaps}\n`;
  const speakers = conversation.participants.slice(0, SHOWN_SPEAKERS);
  if (speakers.length === 0) return text;
  const table = borderlessTable({ head: columns.map(({ title }) => title), gap: 2 });
  table.push(...speakers.map((speaker) => columns.map(({ cell }) => cell(speaker))));
  return text + trimLines(table.toString());
}

/** Negative where the other began before the end. */
const gap = (ms: number): string => (ms < 0 ? `-${formatDuration(-ms)}` : formatDuration(ms));
