import type { ConnectionView, SessionView } from '../http/sessions-view.ts';
import { formatElapsed } from './format.ts';
import { renderLine, renderRows, type LiveScreen } from './live-cells.ts';
import { nameOfAlert, type LiveAlert, type LiveFrame } from './live-frame.ts';
import { sessionColumns, type SessionColumn } from './session-columns.ts';

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
    ...renderSessions(shown, frame.now, screen),
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

/** Since when, and how the worker is. */
export function renderHeader({ view, startedAt, now }: LiveFrame, screen: LiveScreen): string[] {
  const parts = ['greenroom', formatElapsed(now - startedAt), ...describeWorker(view.worker)];
  return renderLine(parts.join('  '), 'bold', screen);
}

function describeWorker(worker: LiveFrame['view']['worker']): string[] {
  if (!worker) return [];
  const { state, connections, jobs, maxJobs } = worker;
  return [`worker ${state}`, ...describeConnections(connections), `jobs ${jobs}/${maxJobs}`];
}

/** By their states: many agents would not fit into a line, and one that is unlike the others is to be seen. */
function describeConnections(connections: readonly ConnectionView[]): string[] {
  const states = [...new Set(connections.map(({ state }) => state))];
  return states.map((state) => {
    const agents = connections.filter((each) => each.state === state).map(({ agent }) => agent);
    return `${agents.length === 1 ? agents.join() : `${agents.length} agents`} ${state}`;
  });
}

const columns: readonly SessionColumn[] = [
  sessionColumns.participant,
  sessionColumns.state,
  sessionColumns.level,
  sessionColumns.video,
  sessionColumns.quality,
  sessionColumns.speech,
  sessionColumns.presence,
];

function renderSessions(
  sessions: readonly SessionView[],
  now: number,
  screen: LiveScreen,
): string[] {
  const fitting = columns.filter(
    (_, index) =>
      columns.slice(0, index + 1).reduce((width, column) => width + column.width, 0) <=
      screen.columns,
  );
  const titles = fitting.map(({ title }) => ({ text: title, style: 'dim' as const }));
  const rows = sessions.map((session) => fitting.map(({ cell }) => cell(session, now)));
  return renderRows(
    [titles, ...rows],
    fitting.map(({ width }) => width),
    screen,
  );
}

function renderAlert(row: LiveAlert, frame: LiveFrame, screen: LiveScreen): string[] {
  const { severity, key, message, openedAt, resolvedAt } = row.alert;
  const { startedAt } = frame;
  const end =
    resolvedAt === undefined ? 'open' : `resolved ${formatElapsed(resolvedAt - startedAt)}`;
  const opened = formatElapsed(openedAt - startedAt);
  const text = `${opened}  ${nameOfAlert(frame, row)}  ${key}: ${message} (${end})`;
  const isLoud = resolvedAt === undefined && severity !== 'info';
  return renderLine(text, isLoud ? 'yellow' : 'dim', screen);
}
