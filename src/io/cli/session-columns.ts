import type { SessionView } from '../http/sessions-view.ts';
import { formatElapsed } from './format.ts';
import { plain, type Cell } from './live-cells.ts';

/** A column of a table of sessions. */
export type SessionColumn = {
  readonly title: string;
  /** With a space behind it. */
  readonly width: number;
  /** @param now of the stream, epoch milliseconds. */
  readonly cell: (session: SessionView, now: number) => Cell;
};

export const sessionColumns = {
  participant: {
    title: 'participant',
    width: 16,
    // The room of an agent that is about all of it has a column of its own.
    cell: ({ identity, agent }) => ({ text: identity ?? agent, style: 'bold' }),
  },
  room: { title: 'room', width: 14, cell: ({ room }) => plain(room) },
  state: {
    title: 'state',
    width: 20,
    cell: ({ state, endReason }) => ({
      text: endReason ?? state,
      style: state === 'connected' ? 'green' : 'dim',
    }),
  },
  level: {
    title: 'level',
    width: 11,
    cell: ({ audioLevel, speech }) => ({
      text: levelBar(audioLevel),
      style: speech === 'speaking' ? 'green' : 'dim',
    }),
  },
  video: {
    title: 'video',
    width: 9,
    cell: ({ video, frameRateHz }) =>
      video === 'frozen'
        ? { text: 'frozen', style: 'red' }
        : plain(video === 'flowing' ? `${frameRateHz.toFixed(0)} fps` : (video ?? '')),
  },
  quality: {
    title: 'quality',
    width: 10,
    cell: ({ quality }) =>
      quality === 'poor' || quality === 'lost'
        ? { text: quality, style: 'red' }
        : plain(quality ?? ''),
  },
  speech: { title: 'speech', width: 9, cell: ({ speech }) => plain(speech ?? '') },
  presence: {
    title: 'presence',
    width: 9,
    cell: ({ presence }) =>
      presence === 'suspect' ? { text: presence, style: 'yellow' } : plain(presence ?? ''),
  },
  alerts: {
    title: 'alerts',
    width: 7,
    cell: ({ alerts }) =>
      alerts.length === 0 ? plain('') : { text: String(alerts.length), style: 'yellow' },
  },
  duration: {
    title: 'duration',
    width: 9,
    // When one ended is not said.
    cell: ({ startedAt, endReason }, now) =>
      plain(endReason === null ? formatElapsed(now - startedAt) : ''),
  },
} as const satisfies Record<string, SessionColumn>;

const BAR_CELLS = 10;
const QUIETEST_DB = -60;

/** Loudness as it is heard: each cell is 6 dB. */
export function levelBar(rms: number): string {
  const levelDb = rms > 0 ? 20 * Math.log10(Math.min(rms, 1)) : QUIETEST_DB;
  const filled = Math.round(BAR_CELLS * Math.max(0, 1 - levelDb / QUIETEST_DB));
  return '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
}
