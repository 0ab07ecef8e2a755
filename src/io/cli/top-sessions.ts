import type { SessionView } from '../http/sessions-view.ts';
import { sessionActor } from '../inspect/known-session-actor.ts';
import { renderRows, type LiveScreen } from './live-cells.ts';
import { keyOf, nameOf } from './live-frame.ts';
import type { LiveModel } from './live-model.ts';
import { sessionColumns, type SessionColumn } from './session-columns.ts';
import type { TopList } from './top-list.ts';
import type { SortKey, TopState } from './top-state.ts';

type ColumnName = keyof typeof sessionColumns;

/** Those that a narrow screen keeps come first. */
const byImportance = [
  'participant',
  'state',
  'level',
  'alerts',
  'quality',
  'room',
  'duration',
  'video',
  'presence',
  'speech',
] as const satisfies readonly ColumnName[];

/** From left to right. */
const inOrder = [
  'participant',
  'room',
  'state',
  'level',
  'video',
  'quality',
  'speech',
  'presence',
  'alerts',
  'duration',
] as const satisfies readonly ColumnName[];

const NARROW_STATE = 14;
/** Names may take what the others leave. */
const WIDEST_NAME = 32;

/** The sessions that the filter and the room leave, in their order; the ended ones last. */
export function sessionList(model: LiveModel, state: TopState): TopList {
  const sessions = model.sessions.filter(fits(state)).toSorted(orderOf(state));
  const byKey = new Map(sessions.map((session) => [keyOf(session), session]));
  const { sessionsTotal, at } = model;
  const isAll = sessions.length === sessionsTotal;
  return {
    title: `sessions ${sessions.length}${isAll ? '' : ` of ${sessionsTotal}`}`,
    keys: [...byKey.keys()],
    head: (screen) => {
      const columns = columnsOf(state, screen);
      const titles = columns.map(({ title }) => ({ text: title, style: 'dim' as const }));
      return renderRows([titles], widthsOf(columns), screen);
    },
    rows: (from, to, screen) => {
      const columns = columnsOf(state, screen);
      const cells = sessions
        .slice(from, to)
        .map((session) => columns.map(({ cell }) => cell(session, at)));
      return renderRows(cells, widthsOf(columns), screen);
    },
    about: () => [],
    addressOf: (key) => {
      const session = byKey.get(key);
      if (!session) return null;
      const { jobId: system, identity } = session;
      return sessionActor({ system, identity }, model.actors.rows);
    },
  };
}

function columnsOf({ room }: TopState, screen: LiveScreen): readonly SessionColumn[] {
  let free = screen.columns;
  const fitting = new Map<ColumnName, number>();
  for (const name of byImportance) {
    const width = name === 'state' ? NARROW_STATE : sessionColumns[name].width;
    // All rows would name the one room that is chosen.
    if (width > free || (name === 'room' && room !== null)) continue;
    fitting.set(name, width);
    free -= width;
  }
  const widen = (name: ColumnName, most: number): void => {
    const width = fitting.get(name);
    if (width === undefined) return;
    const more = Math.min(free, Math.max(0, most - width));
    fitting.set(name, width + more);
    free -= more;
  };
  widen('state', sessionColumns.state.width);
  widen('participant', WIDEST_NAME);
  widen('room', WIDEST_NAME);
  return inOrder.flatMap((name) => {
    const width = fitting.get(name);
    return width === undefined ? [] : [{ ...sessionColumns[name], width }];
  });
}

const widthsOf = (columns: readonly SessionColumn[]): number[] => columns.map(({ width }) => width);

function fits({ filter, room }: TopState): (session: SessionView) => boolean {
  const wanted = filter.toLowerCase();
  return (session) => {
    if (room !== null && session.room !== room) return false;
    const { identity, jobId, agent, state, quality, video, speech, presence, endReason } = session;
    const alerts = session.alerts.map(({ key }) => key);
    const texts = [identity, session.room, jobId, agent, state, quality, video, speech, presence];
    return [...texts, endReason, ...alerts].some((text) => text?.toLowerCase().includes(wanted));
  };
}

type Order = (a: SessionView, b: SessionView) => number;

const severity = { info: 1, warning: 10, critical: 100 } as const;
const qualityRank = ['lost', 'poor', 'good', 'excellent'];

/** What asks for attention comes first. */
const orders: Readonly<Record<SortKey, Order>> = {
  alerts: (a, b) => alarm(b) - alarm(a),
  level: (a, b) => b.audioLevel - a.audioLevel,
  quality: (a, b) => rankOf(a) - rankOf(b),
  duration: (a, b) => a.startedAt - b.startedAt,
  name: (a, b) => compare(nameOf(a), nameOf(b)),
  state: (a, b) => compare(a.state, b.state),
};

const alarm = ({ alerts }: SessionView): number =>
  alerts.reduce((sum, alert) => sum + severity[alert.severity], 0);

function rankOf({ quality }: SessionView): number {
  const rank = qualityRank.indexOf(quality ?? '');
  return rank < 0 ? qualityRank.length : rank;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function orderOf({ sort, isReversed }: TopState): Order {
  const sign = isReversed ? -1 : 1;
  return (a, b) =>
    Number(a.endReason !== null) - Number(b.endReason !== null) ||
    sign * orders[sort](a, b) ||
    // A row that jumps without a reason cannot be read.
    compare(nameOf(a), nameOf(b)) ||
    compare(a.jobId, b.jobId);
}
