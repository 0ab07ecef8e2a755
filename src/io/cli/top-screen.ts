import type { LinkState } from '../inspect/relay-link.ts';
import { formatDuration } from './format.ts';
import { renderLine, type LiveScreen } from './live-cells.ts';
import type { LiveModel } from './live-model.ts';
import { renderHeader } from './live-view.ts';
import { alertList } from './top-alerts.ts';
import { detailLines } from './top-detail.ts';
import type { TopList } from './top-list.ts';
import { sessionList } from './top-sessions.ts';
import { settle, type Cursor, type Shown, type TopState } from './top-state.ts';
import { treeList } from './top-tree.ts';

/** A screen as it is drawn, and what keys need to know of it. */
export type TopScreen = {
  readonly lines: readonly string[];
  readonly shown: Shown;
  /** Where the cursor of the state has come to stand. */
  readonly cursor: Cursor;
};

type TopInput = {
  readonly state: TopState;
  readonly model: LiveModel;
  readonly link: LinkState;
};

/** Below so many rows the hints and the figures give way. */
const LEAST_ROWS = 8;
const MARKER_WIDTH = 2;
/** Of the rows, what is said of the chosen one may take. */
const ABOUT_SHARE = 0.4;

/**
 * Draws the view that is chosen: never more lines than the screen has rows, none wider than it, and only
 * the rows of the list that are on it.
 */
export function renderTop({ state, model, link }: TopInput, screen: LiveScreen): TopScreen {
  const isRoomy = screen.rows >= LEAST_ROWS;
  const header = [
    ...renderHeader(model.frame, screen),
    ...(isRoomy ? renderFigures(model, link, screen) : []),
  ];
  const footer = isRoomy ? renderHints(state, screen) : [];
  const space = Math.max(1, screen.rows - header.length - footer.length);
  const body = renderBody({ state, model, link }, { ...screen, rows: space });
  const padding = Array.from({ length: Math.max(0, space - body.lines.length) }, () => '');
  const lines = [...header, ...body.lines, ...padding, ...footer].slice(0, screen.rows);
  return { ...body, lines };
}

/** The view as it is, without keys and limits: for output that is not a terminal. */
export function renderWhole(state: TopState, model: LiveModel, screen: LiveScreen): string[] {
  const list = listOf(state, model);
  return [
    ...renderHeader(model.frame, screen),
    ...renderFigures(model, { kind: 'open' }, screen),
    ...renderLine(titleOf(list, state), 'bold', screen),
    ...list.head(screen),
    ...list.rows(0, list.keys.length, screen),
  ];
}

function renderBody({ state, model }: TopInput, screen: LiveScreen): TopScreen {
  if (state.isHelp) return textScreen(help, 0, state, screen);
  if (state.detail) {
    return textScreen(detailLines(model, state.detail), state.detailFirst, state, screen);
  }
  const list = listOf(state, model);
  const inner = { ...screen, columns: Math.max(1, screen.columns - MARKER_WIDTH) };
  const top = [
    ...renderLine(titleOf(list, state), 'bold', screen),
    ...list.head(inner).map((line) => `${' '.repeat(MARKER_WIDTH)}${line}`),
  ];
  const chosen = settle(state.cursor, { ...list, height: 1 }).key;
  const most = Math.floor(screen.rows * ABOUT_SHARE);
  const about = chosen === null ? [] : list.about(chosen, screen).slice(0, most);
  const shown: Shown = {
    keys: list.keys,
    height: Math.max(1, screen.rows - top.length - about.length),
    addressOf: list.addressOf,
  };
  const cursor = settle(state.cursor, shown);
  const rows = list
    .rows(cursor.first, cursor.first + shown.height, inner)
    .map((line, index) => mark(line, cursor.first + index === cursor.index, screen));
  const padding = Array.from({ length: shown.height - rows.length }, () => '');
  const lines = about.length > 0 ? [...top, ...rows, ...padding, ...about] : [...top, ...rows];
  return { lines: lines.slice(0, screen.rows), shown, cursor };
}

/** Lines of which the first ones may be above the screen; nothing in them is chosen. */
function textScreen(
  texts: readonly string[],
  first: number,
  { cursor }: TopState,
  screen: LiveScreen,
): TopScreen {
  const from = Math.min(first, Math.max(0, texts.length - screen.rows));
  const lines = texts
    .slice(from, from + screen.rows)
    .flatMap((text, index) =>
      text === '' ? [''] : renderLine(text, from + index === 0 ? 'bold' : 'reset', screen),
    );
  const shown = { keys: texts.map(String), height: screen.rows, addressOf: () => null };
  return { lines, shown, cursor };
}

function listOf(state: TopState, model: LiveModel): TopList {
  switch (state.view) {
    case 'sessions':
      return sessionList(model, state);
    case 'tree':
      return treeList(model, state);
    case 'alerts':
      return alertList(model, state);
  }
}

const mark = (line: string, isChosen: boolean, { hasColour }: LiveScreen): string => {
  const marked = `${isChosen ? '>' : ' '} ${line}`.trimEnd();
  return isChosen && hasColour ? `\x1b[7m${marked}\x1b[27m` : marked;
};

function titleOf({ title }: TopList, state: TopState): string {
  const { view, sort, isReversed, room, filter, isPaused } = state;
  return [
    title,
    ...(view === 'sessions' ? [`by ${sort}${isReversed ? ', reversed' : ''}`] : []),
    ...(room === null ? [] : [`room ${room}`]),
    ...(filter === '' ? [] : [`filter "${filter}"`]),
    ...(isPaused ? ['PAUSED'] : []),
  ].join('  ');
}

const BYTES_PER_MIB = 2 ** 20;

function renderFigures(model: LiveModel, link: LinkState, screen: LiveScreen): string[] {
  switch (link.kind) {
    case 'lost': {
      const again = formatDuration(link.retryMs);
      const text = `NOT CONNECTED, tried again in ${again}: ${link.error.message}`;
      return renderLine(text, 'red', screen);
    }
    case 'refused':
      return renderLine(`NOT CONNECTED: ${link.error.message}`, 'red', screen);
    case 'open':
      return renderLine(describeFigures(model), 'dim', screen);
  }
}

function describeFigures({ figures, alerts, source }: LiveModel): string {
  if (!figures) return 'waiting for the first figures';
  const { worker, eventLoopP99Ms, rssBytes, viewers } = figures;
  const open = alerts.filter(({ alert }) => alert.resolvedAt === undefined).length;
  return [
    source?.kind === 'live' ? `live ${source.command}` : `recording ${source?.file ?? ''}`,
    ...(worker ? [`load ${Math.round(worker.load * 100)}%`] : []),
    ...(worker?.fullReason ? [`full: ${worker.fullReason}`] : []),
    ...(eventLoopP99Ms === null ? [] : [`event loop p99 ${Math.round(eventLoopP99Ms)} ms`]),
    ...(rssBytes === null ? [] : [`memory ${Math.round(rssBytes / BYTES_PER_MIB)} MiB`]),
    `alerts open ${open}`,
    `viewers ${viewers}`,
  ].join('  ');
}

function renderHints({ isTyping, filter, detail, view }: TopState, screen: LiveScreen): string[] {
  if (isTyping) {
    return renderLine(`filter: ${filter}_  (Enter keeps it, Esc drops it)`, 'bold', screen);
  }
  const keys = detail
    ? '? help  q quit  Esc back  up/down scroll'
    : {
        sessions: '? help  q quit  Enter detail  s/S sort  / filter  t tree  a alerts  p pause',
        tree: '? help  q quit  Enter detail  left/right fold  / filter  t sessions  a alerts',
        alerts: '? help  q quit  Enter session  / filter  a sessions  t tree  p pause',
      }[view];
  return renderLine(keys, 'dim', screen);
}

const help = [
  'keys',
  '',
  'up, down, PgUp, PgDn, Home, End   move',
  'Enter       what is known of the actor, session or alert',
  'Esc         back; then without the filter; then to the sessions',
  't           the tree of actors, or back',
  'left, right fold and unfold an actor (Space: either)',
  'a           the alerts with their evidence, or back',
  's, S        sort by another column; the other way round',
  '/           filter by name, room, state, quality, alert',
  'p           pause; nothing is lost, what is there is shown anew afterwards',
  'q, Ctrl-C   quit',
  '',
  'Any key goes back.',
];
