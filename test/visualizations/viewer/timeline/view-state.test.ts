import { describe, expect, test } from 'vitest';
import { pressKey } from '../../../../visualizations/viewer/src/timeline/timeline-keys.ts';
import { ViewState } from '../../../../visualizations/viewer/src/timeline/view-state.ts';
import { ROOM_AT } from '../../../support/viewed-room.ts';

const WIDTH_PX = 600;

function stateAt(now = ROOM_AT) {
  const state = new ViewState();
  state.tick(now, WIDTH_PX);
  const pressed: string[] = [];
  const press = (key: string, isShift = false): boolean =>
    pressKey(key, isShift, {
      ...{ state, now, widthPx: WIDTH_PX },
      fit: () => pressed.push('fit'),
      moveLine: (by) => pressed.push(`line ${by}`),
      choose: () => pressed.push('choose'),
      clear: () => pressed.push('clear'),
    });
  return { state, press, pressed };
}

describe('the view of a timeline', () => {
  test('[TLN-17] goes with the present until it is moved, and again when it is told to', () => {
    const { state } = stateAt();
    const { from, to } = state.view.value;
    expect(to - from).toBe(60_000);
    state.tick(ROOM_AT + 1_000, WIDTH_PX);
    expect(state.view.value.to).toBe(to + 1_000);
    state.pan(-5_000);
    state.tick(ROOM_AT + 2_000, WIDTH_PX);
    expect(state.view.value.to).toBe(to - 4_000);
    state.follow();
    expect(state.view.value.to).toBe(to + 2_000);
  });

  test('[TLN-17] of what began a short time ago shows as much as there is, until it is zoomed', () => {
    const { state } = stateAt();
    const spanAt = (now: number): number => {
      state.tick(now, WIDTH_PX, ROOM_AT);
      return state.view.value.to - state.view.value.from;
    };
    expect(spanAt(ROOM_AT + 2_000)).toBe(10_000);
    // Its beginning is not pushed out by what is left free behind the present.
    expect(spanAt(ROOM_AT + 9_800)).toBe(15_000);
    expect(spanAt(ROOM_AT + 12_000)).toBe(15_000);
    expect(spanAt(ROOM_AT + 3_600_000)).toBe(60_000);
    state.zoom(0.5, ROOM_AT);
    expect(spanAt(ROOM_AT + 2_000)).toBe(30_000);
  });

  test('[TLN-17] does not move by less than a pixel', () => {
    const { state } = stateAt();
    const before = state.view.value;
    state.tick(ROOM_AT + 20, WIDTH_PX);
    expect(state.view.value).toBe(before);
  });

  test('[TLN-17] a zoom keeps the present where it is while it follows, or else the cursor', () => {
    const { state } = stateAt();
    state.zoom(0.5, ROOM_AT - 30_000);
    expect(state.isFollowing.value).toBe(true);
    expect(state.view.value.to - ROOM_AT).toBe(900);
    state.pan(0);
    const { from } = state.view.value;
    state.zoom(0.5, from);
    expect(state.view.value.from).toBe(from);
  });

  test('[TLN-18] arrow keys move the cursor and bring it into sight, with Shift the view', () => {
    const { state, press } = stateAt();
    expect(press('ArrowLeft')).toBe(true);
    expect(state.cursor.value).toBe(ROOM_AT - 800);
    expect(state.isFollowing.value).toBe(true);
    const { from } = state.view.value;
    press('ArrowLeft', true);
    expect(state.view.value.from).toBe(from - 12_000);
    state.cursor.value = state.view.value.from;
    press('ArrowLeft');
    expect(state.view.value.from).toBe(from - 12_800);
  });

  test('[TLN-18] other keys are passed on, and unknown ones left alone', () => {
    const { state, press, pressed } = stateAt();
    for (const key of ['ArrowUp', 'ArrowDown', 'Enter', 'Escape', '0']) press(key);
    expect(pressed).toEqual(['line -1', 'line 1', 'choose', 'clear', 'fit']);
    press('+');
    expect(state.view.value.to - state.view.value.from).toBeLessThan(60_000);
    press('ArrowRight', true);
    press('f');
    expect(state.isFollowing.value).toBe(true);
    expect(press('x')).toBe(false);
  });
});
