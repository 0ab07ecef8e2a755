import { styleText } from 'node:util';
import type { SessionView } from '../http/sessions-view.ts';
import { borderlessTable } from './borderless-table.ts';
import { nameOf, type LiveAlert, type LiveFrame } from './live-frame.ts';
import { formatElapsed, printable } from './format.ts';

export type LiveScreen = {
  readonly columns: number;
  readonly rows: number;
  readonly hasColour: boolean;
};

type Style = Parameters<typeof styleText>[0];

/** Without a style: the terminal's own colour. */
type Cell = { readonly text: string; readonly style?: Style };

type Column = {
  readonly title: string;
  readonly width: number;
  readonly cell: (session: SessionView) => Cell;
};

const MAX_ALERTS = 5;
const HEADER_LINES = 2;
/** A blank line and a title above the alerts. */
const ALERT_TITLE_LINES = 2;

/**
 * Draws one frame: the worker, a line for each session, the last alerts.
 *
 * Never more lines than `rows`, never wider than `columns`: a view that scrolls or wraps cannot be
 * redrawn in place. On a narrow screen the last columns are left out.
 */
export function renderLive(frame: LiveFrame, screen: LiveScreen): string[] {
  const { sessions } = frame.view;
  const alerts = lastAlerts(frame, screen.rows);
  const alertLines = alerts.length > 0 ? ALERT_TITLE_LINES + alerts.length : 0;
  const room = Math.max(1, screen.rows - HEADER_LINES - alertLines);
  // The ended ones give way to those that go on.
  const shown = [...sessions.filter(isLive), ...sessions.filter((each) => !isLive(each))].slice(
    0,
    sessions.length > room ? room - 1 : room,
  );
  const hidden = sessions.length - shown.length;
  return [
    ...renderHeader(frame, screen),
    ...renderSessions(shown, screen),
    ...(hidden > 0 ? renderLine(`... and ${hidden} more`, 'dim', screen) : []),
    ...(alerts.length > 0 ? ['', ...renderLine('last alerts', 'dim', screen)] : []),
    ...alerts.flatMap((alert) => renderAlert(alert, frame, screen)),
  ].slice(0, screen.rows);
}

/** What the sessions leave free, and some of a large screen always. */
function lastAlerts({ view, alerts }: LiveFrame, rows: number): readonly LiveAlert[] {
  const free = rows - HEADER_LINES - ALERT_TITLE_LINES - view.sessions.length;
  const count = Math.min(MAX_ALERTS, alerts.length, Math.max(free, Math.floor(rows / 8)));
  return count > 0 ? alerts.slice(-count) : [];
}

const isLive = ({ endReason }: SessionView): boolean => endReason === null;

function renderHeader({ view, startedAt, now }: LiveFrame, screen: LiveScreen): string[] {
  const parts = ['greenroom', formatElapsed(now - startedAt), ...describeWorker(view.worker)];
  return renderLine(parts.join('  '), 'bold', screen);
}

function describeWorker(worker: LiveFrame['view']['worker']): string[] {
  if (!worker) return [];
  const { state, connections, jobs, maxJobs } = worker;
  const states = connections.map(({ agent, state: own }) => `${agent} ${own}`);
  return [`worker ${state}`, ...states, `jobs ${jobs}/${maxJobs}`];
}

const plain = (text: string): Cell => ({ text });

const columns: readonly Column[] = [
  {
    title: 'participant',
    width: 16,
    cell: (session) => ({ text: nameOf(session), style: 'bold' }),
  },
  {
    title: 'state',
    width: 20,
    cell: ({ state, endReason }) => ({
      text: endReason ?? state,
      style: state === 'connected' ? 'green' : 'dim',
    }),
  },
  {
    title: 'level',
    width: 11,
    cell: ({ audioLevel, speech }) => ({
      text: levelBar(audioLevel),
      style: speech === 'speaking' ? 'green' : 'dim',
    }),
  },
  {
    title: 'video',
    width: 9,
    cell: ({ video, frameRateHz }) =>
      video === 'frozen'
        ? { text: 'frozen', style: 'red' }
        : plain(video === 'flowing' ? `${frameRateHz.toFixed(0)} fps` : (video ?? '')),
  },
  {
    title: 'quality',
    width: 10,
    cell: ({ quality }) =>
      quality === 'poor' || quality === 'lost'
        ? { text: quality, style: 'red' }
        : plain(quality ?? ''),
  },
  { title: 'speech', width: 9, cell: ({ speech }) => plain(speech ?? '') },
  {
    title: 'presence',
    width: 9,
    cell: ({ presence }) =>
      presence === 'suspect' ? { text: presence, style: 'yellow' } : plain(presence ?? ''),
  },
];

function renderSessions(sessions: readonly SessionView[], screen: LiveScreen): string[] {
  const fitting = columns.filter(
    (_, index) =>
      columns.slice(0, index + 1).reduce((width, column) => width + column.width, 0) <=
      screen.columns,
  );
  if (fitting.length === 0) return [];
  const table = borderlessTable({ colWidths: fitting.map(({ width }) => width), gap: 1 });
  table.push(fitting.map(({ title }) => painted({ text: title, style: 'dim' }, screen)));
  for (const session of sessions) {
    table.push(fitting.map(({ cell }) => painted(cell(session), screen)));
  }
  return toLines(table);
}

function renderAlert(
  { identity, alert }: LiveAlert,
  { startedAt }: LiveFrame,
  screen: LiveScreen,
): string[] {
  const { severity, key, message, openedAt, resolvedAt } = alert;
  const end =
    resolvedAt === undefined ? 'open' : `resolved ${formatElapsed(resolvedAt - startedAt)}`;
  const text = `${formatElapsed(openedAt - startedAt)}  ${identity ?? ''}  ${key}: ${message} (${end})`;
  const isLoud = resolvedAt === undefined && severity !== 'info';
  return renderLine(text, isLoud ? 'yellow' : 'dim', screen);
}

/** One line, cut at the screen's edge. */
function renderLine(text: string, style: Style, screen: LiveScreen): string[] {
  const table = borderlessTable({ colWidths: [screen.columns], gap: 1 });
  table.push([painted({ text, style }, screen)]);
  return toLines(table);
}

const painted = ({ text, style }: Cell, { hasColour }: LiveScreen): string =>
  hasColour && style !== undefined
    ? // Whether this is a terminal with colours is the caller's to say, also where NO_COLOR decides it.
      styleText(style, printable(text), { validateStream: false })
    : printable(text);

const toLines = (table: { toString(): string }): string[] =>
  table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());

const BAR_CELLS = 10;
const QUIETEST_DB = -60;

/** Loudness as it is heard: each cell is 6 dB. */
export function levelBar(rms: number): string {
  const levelDb = rms > 0 ? 20 * Math.log10(Math.min(rms, 1)) : QUIETEST_DB;
  const filled = Math.round(BAR_CELLS * Math.max(0, 1 - levelDb / QUIETEST_DB));
  return '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
}
