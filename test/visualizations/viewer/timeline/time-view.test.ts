import { describe, expect, test } from 'vitest';
import {
  atOf,
  fit,
  follow,
  looksSame,
  pan,
  ticks,
  xOf,
  zoom,
} from '../../../../visualizations/viewer/src/timeline/time-view.ts';

const AT = Date.UTC(2026, 5, 1, 12, 0, 0);
const minute = { from: AT, to: AT + 60_000 };

describe('what of the time is seen', () => {
  test('[TLN-6] a moment stays where it is while the view is zoomed', () => {
    const zoomed = zoom(minute, 0.5, AT + 15_000);
    expect(zoomed).toEqual({ from: AT + 7_500, to: AT + 37_500 });
    expect(xOf(zoomed, 1_000, AT + 15_000)).toBe(xOf(minute, 1_000, AT + 15_000));
  });

  test('[TLN-6] it is never shorter than 50 ms nor longer than a week', () => {
    expect(zoom(minute, 1e-9, AT)).toEqual({ from: AT, to: AT + 50 });
    expect(zoom(minute, 1e9, AT)).toEqual({ from: AT, to: AT + 7 * 86_400_000 });
  });

  test('[TLN-6] a place on the screen and a moment name each other', () => {
    expect(atOf(minute, 600, xOf(minute, 600, AT + 12_345))).toBe(AT + 12_345);
    expect(pan(minute, 500)).toEqual({ from: AT + 500, to: AT + 60_500 });
  });

  test('[TLN-6] follows the present near the right edge, and fits all there is', () => {
    expect(follow(minute, AT + 120_000)).toEqual({ from: AT + 61_800, to: AT + 121_800 });
    expect(fit({ from: AT, to: AT + 10_000 })).toEqual({ from: AT - 300, to: AT + 10_300 });
    expect(fit({ from: AT, to: AT }).to).toBeGreaterThan(AT);
  });

  test('[TLN-6] less than half a pixel is no movement', () => {
    expect(looksSame(minute, pan(minute, 20), 1_000)).toBe(true);
    expect(looksSame(minute, pan(minute, 40), 1_000)).toBe(false);
    expect(looksSame(minute, zoom(minute, 0.99, AT), 1_000)).toBe(false);
  });

  test.each([
    ['a quarter of a second', 250, /^\d\d:\d\d:\d\d\.\d{3}$/],
    ['a minute', 60_000, /^\d\d:\d\d:\d\d$/],
    ['a day', 86_400_000, /^\d\d:\d\d:00$/],
  ])('[TLN-6] the ticks of %s are round and their labels have room', (_, spanMs, label) => {
    const view = { from: AT + 7, to: AT + 7 + spanMs };
    const all = ticks(view, 1_000);
    expect(all.length).toBeGreaterThanOrEqual(2);
    expect(all.length).toBeLessThanOrEqual(10);
    for (const tick of all) {
      expect(tick.label).toMatch(label);
      expect(tick.at).toBeGreaterThanOrEqual(view.from);
      expect(tick.at).toBeLessThanOrEqual(view.to);
    }
  });
});
