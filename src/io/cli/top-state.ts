import type { ActorAddress, ActorId } from '../inspect/protocol.ts';

export const sortKeys = ['alerts', 'level', 'quality', 'duration', 'name', 'state'] as const;
export type SortKey = (typeof sortKeys)[number];
type TopView = 'sessions' | 'tree' | 'alerts';

/** What the person at the terminal has chosen. */
export type TopState = {
  readonly view: TopView;
  /** The actor that is shown in the place of the view. */
  readonly detail: ActorAddress | null;
  readonly isHelp: boolean;
  readonly sort: SortKey;
  readonly isReversed: boolean;
  readonly filter: string;
  /** What is typed goes into the filter. */
  readonly isTyping: boolean;
  /** The only one that is shown; null: all. */
  readonly room: string | null;
  readonly cursor: Cursor;
  /** Lines of the detail above the first that is shown. */
  readonly detailFirst: number;
  readonly folded: ReadonlySet<ActorId>;
  readonly isPaused: boolean;
};

export type Cursor = {
  /** Of the row it is on; null: on none yet. */
  readonly key: string | null;
  readonly index: number;
  /** Rows above the first that is shown. */
  readonly first: number;
};

/** A key as `node:readline` names it. */
export type Key = {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
};

/** What is on the screen, as far as keys move in it. */
export type Shown = {
  /** Of all rows, in their order. */
  readonly keys: readonly string[];
  /** Rows that the screen has room for. */
  readonly height: number;
  readonly addressOf: (key: string) => ActorAddress | null;
};

const MAX_FILTER = 60;
const atTop: Cursor = { key: null, index: 0, first: 0 };

export const initialState = (
  changes: Partial<Pick<TopState, 'view' | 'sort' | 'filter' | 'room'>> = {},
): TopState => ({
  view: 'sessions',
  detail: null,
  isHelp: false,
  sort: 'alerts',
  isReversed: false,
  filter: '',
  isTyping: false,
  room: null,
  cursor: atTop,
  detailFirst: 0,
  folded: new Set(),
  isPaused: false,
  ...changes,
});

/** The cursor on its row, wherever that is now, and the part of the rows around it that is shown. */
export function settle({ key, index, first }: Cursor, { keys, height }: Shown): Cursor {
  const last = Math.max(0, keys.length - 1);
  const found = key === null ? -1 : keys.indexOf(key);
  // Where its row has gone, the next one has come to its place.
  const now = found >= 0 ? found : Math.min(index, last);
  const size = Math.max(1, height);
  const shown = Math.min(Math.max(first, now - size + 1), now, Math.max(0, keys.length - size));
  return { key: keys[now] ?? null, index: now, first: shown };
}

/** What a key does; null: leave. */
export function press(state: TopState, key: Key, shown: Shown): TopState | null {
  if (key.ctrl === true) return key.name === 'c' ? null : state;
  if (state.isTyping) return type(state, key);
  if (state.isHelp) return key.name === 'q' ? null : { ...state, isHelp: false };
  return move(state, key, shown) ?? command(state, key, shown);
}

function type(state: TopState, { name, sequence = '' }: Key): TopState {
  switch (name) {
    case 'return':
    case 'enter':
      return { ...state, isTyping: false };
    case 'escape':
      return { ...state, isTyping: false, filter: '', cursor: atTop };
    case 'backspace':
      return { ...state, filter: state.filter.replace(/.$/u, ''), cursor: atTop };
    default:
      if (/^\P{C}+$/u.test(sequence) && state.filter.length < MAX_FILTER) {
        return { ...state, filter: state.filter + sequence, cursor: atTop };
      }
      return state;
  }
}

function move(state: TopState, { name }: Key, shown: Shown): TopState | null {
  const page = Math.max(1, shown.height - 1);
  const { index } = settle(state.cursor, shown);
  switch (name) {
    case 'up':
      return moveTo(state, index - 1, -1, shown);
    case 'down':
      return moveTo(state, index + 1, 1, shown);
    case 'pageup':
      return moveTo(state, index - page, -page, shown);
    case 'pagedown':
      return moveTo(state, index + page, page, shown);
    case 'home':
      return moveTo(state, 0, -Infinity, shown);
    case 'end':
      return moveTo(state, Infinity, Infinity, shown);
    default:
      return null;
  }
}

/** In a detail nothing is chosen: its lines move by so many. */
function moveTo(state: TopState, index: number, lines: number, shown: Shown): TopState {
  if (state.detail) {
    const most = Math.max(0, shown.keys.length - shown.height);
    return { ...state, detailFirst: Math.min(most, Math.max(0, state.detailFirst + lines)) };
  }
  const target = Math.min(Math.max(0, index), Math.max(0, shown.keys.length - 1));
  const { first } = state.cursor;
  return { ...state, cursor: { key: shown.keys[target] ?? null, index: target, first } };
}

function command(state: TopState, key: Key, shown: Shown): TopState | null {
  switch (key.name) {
    case 'escape':
      return leaveOne(state);
    case 'return':
    case 'enter':
      return state.detail ? state : open(state, shown);
    case 'left':
      return fold(state, shown, true);
    case 'right':
      return fold(state, shown, false);
    default:
      return letter(state, key.sequence ?? '', shown);
  }
}

function letter(state: TopState, sequence: string, shown: Shown): TopState | null {
  switch (sequence) {
    case 'q':
      return null;
    case '?':
      return { ...state, isHelp: true };
    case 'p':
      return { ...state, isPaused: !state.isPaused };
    case 't':
      return show(state, state.view === 'tree' ? 'sessions' : 'tree');
    case 'a':
      return show(state, state.view === 'alerts' ? 'sessions' : 'alerts');
    case '/':
      return { ...state, detail: null, isTyping: true };
    case 's':
      return { ...state, sort: nextSort(state.sort), cursor: atTop };
    case 'S':
      return { ...state, isReversed: !state.isReversed, cursor: atTop };
    case ' ':
      return fold(state, shown, 'toggle');
    default:
      return state;
  }
}

/** Out of the detail, then out of the filter, then back to the sessions. */
function leaveOne(state: TopState): TopState {
  if (state.detail) return { ...state, detail: null };
  if (state.filter !== '') return { ...state, filter: '', cursor: atTop };
  return show(state, 'sessions');
}

const show = (state: TopState, view: TopView): TopState => ({
  ...state,
  view,
  detail: null,
  cursor: view === state.view ? state.cursor : atTop,
});

function open(state: TopState, shown: Shown): TopState {
  const { key } = settle(state.cursor, shown);
  const detail = key === null ? null : shown.addressOf(key);
  return detail ? { ...state, detail, detailFirst: 0 } : state;
}

function fold(state: TopState, shown: Shown, isFolded: boolean | 'toggle'): TopState {
  const { key } = settle(state.cursor, shown);
  if (state.view !== 'tree' || state.detail || key === null) return state;
  const id = Number(key);
  const folded = new Set(state.folded);
  if (isFolded === true || (isFolded === 'toggle' && !folded.has(id))) folded.add(id);
  else folded.delete(id);
  return { ...state, folded };
}

const nextSort = (sort: SortKey): SortKey =>
  sortKeys[(sortKeys.indexOf(sort) + 1) % sortKeys.length] ?? sort;
