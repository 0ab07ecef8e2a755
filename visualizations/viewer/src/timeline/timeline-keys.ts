import type { ViewState } from './view-state.ts';

/** What keys do on a timeline; the rest is said by the panel. */
export type TimelineKeys = {
  readonly state: ViewState;
  readonly widthPx: number;
  readonly now: number;
  readonly fit: () => void;
  readonly moveLine: (by: 1 | -1) => void;
  readonly choose: () => void;
  readonly clear: () => void;
};

const CURSOR_PX = 8;
const PAN_SHARE = 0.2;
const ZOOM = 1.4;

/** Does what a key means; false where it means nothing here. */
export function pressKey(key: string, isShift: boolean, keys: TimelineKeys): boolean {
  const { state, widthPx } = keys;
  const { from, to } = state.view.peek();
  const span = to - from;
  const cursor = Math.min(to, Math.max(from, state.cursor.peek() ?? keys.now));
  const move = (direction: 1 | -1): void => {
    if (isShift) {
      state.pan(direction * span * PAN_SHARE);
      return;
    }
    const at = cursor + (direction * span * CURSOR_PX) / Math.max(1, widthPx);
    state.reveal(at);
    state.cursor.value = at;
  };
  switch (key) {
    case 'ArrowLeft':
      move(-1);
      return true;
    case 'ArrowRight':
      move(1);
      return true;
    case 'ArrowUp':
      keys.moveLine(-1);
      return true;
    case 'ArrowDown':
      keys.moveLine(1);
      return true;
    case '+':
    case '=':
      state.zoom(1 / ZOOM, cursor);
      return true;
    case '-':
      state.zoom(ZOOM, cursor);
      return true;
    case 'f':
      state.follow();
      return true;
    case '0':
      keys.fit();
      return true;
    case 'Enter':
      keys.choose();
      return true;
    case 'Escape':
      keys.clear();
      return true;
    default:
      return false;
  }
}
