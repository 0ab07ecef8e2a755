import { expect, it } from 'vitest';
import {
  around,
  fit,
  pan,
  reveal,
  zoom,
} from '../../../../visualizations/viewer/src/chart/viewport.ts';

const screen = { width: 800, height: 600 };

/** Where a box stands on the screen. */
const onScreen = (
  { x, y, scale }: { x: number; y: number; scale: number },
  box: { x: number; y: number; width: number; height: number },
) => ({
  left: x + box.x * scale,
  top: y + box.y * scale,
  right: x + (box.x + box.width) * scale,
  bottom: y + (box.y + box.height) * scale,
});

it('[CHP-3] a chart that is too big is shown whole, in the middle', () => {
  const box = { x: 100, y: 50, width: 4_000, height: 1_000 };
  const { left, top, right, bottom } = onScreen(fit(box, screen), box);
  expect(left).toBeCloseTo(24);
  expect(right).toBeCloseTo(776);
  expect(top + bottom).toBeCloseTo(600);
});

it('[CHP-3] a small chart is not blown up', () => {
  expect(fit({ x: 0, y: 0, width: 100, height: 100 }, screen)).toEqual({
    scale: 1,
    x: 350,
    y: 250,
  });
});

it('[CHP-3] zooming keeps the point under the pointer, and has limits', () => {
  const view = zoom({ x: 10, y: 20, scale: 1 }, 2, { x: 110, y: 220 });
  expect(view).toEqual({ x: -90, y: -180, scale: 2 });
  expect(zoom(view, 1_000, { x: 0, y: 0 }).scale).toBe(4);
  expect(zoom(view, 0.0001, { x: 0, y: 0 }).scale).toBe(0.04);
});

it('[CHP-3] a box is brought into view by the shortest way', () => {
  const view = { x: 0, y: 0, scale: 1 };
  const inside = { x: 100, y: 100, width: 50, height: 50 };
  expect(reveal(view, inside, screen)).toEqual(view);
  const right = { x: 900, y: 100, width: 50, height: 50 };
  expect(reveal(view, right, screen)).toEqual(pan(view, { x: -174, y: 0 }));
  const above = { x: 100, y: -300, width: 50, height: 50 };
  expect(reveal(view, above, screen)).toEqual(pan(view, { x: 0, y: 324 }));
  const huge = { x: -500, y: 100, width: 5_000, height: 50 };
  expect(reveal(view, huge, screen)).toEqual(pan(view, { x: 524, y: 0 }));
});

it('[CHP-3] there is nothing around no boxes', () => {
  expect(around([])).toBeUndefined();
  const boxes = [
    { x: 1, y: 2, width: 3, height: 4 },
    { x: 10, y: 0, width: 5, height: 1 },
  ];
  expect(around(boxes)).toEqual({ x: 1, y: 0, width: 14, height: 6 });
});
