import type { Box, Point } from '../../../../src/io/diagrams/chart-layout.ts';

/** Where a chart is seen: a point of the chart stands at `x + scale * point` on the screen, in pixels. */
export type Viewport = Point & { readonly scale: number };

export type Size = { readonly width: number; readonly height: number };

const MIN_SCALE = 0.04;
const MAX_SCALE = 4;
const MARGIN_PX = 24;

/** The whole of a box in the middle of the screen, never larger than it is. */
export function fit(box: Box, screen: Size): Viewport {
  const room = (length: number): number => Math.max(1, length - 2 * MARGIN_PX);
  const scale = limited(
    Math.min(room(screen.width) / box.width, room(screen.height) / box.height, 1),
  );
  return {
    scale,
    x: screen.width / 2 - (box.x + box.width / 2) * scale,
    y: screen.height / 2 - (box.y + box.height / 2) * scale,
  };
}

/** Nearer (factor over 1) or farther, while a point of the screen stays where it is. */
export function zoom(view: Viewport, factor: number, { x, y }: Point): Viewport {
  const scale = limited(view.scale * factor);
  const grown = scale / view.scale;
  return { scale, x: x - (x - view.x) * grown, y: y - (y - view.y) * grown };
}

export const pan = (view: Viewport, { x, y }: Point): Viewport => ({
  ...view,
  x: view.x + x,
  y: view.y + y,
});

/** Moved as little as it takes to show a box; of one that is too big, the upper left corner. */
export function reveal(view: Viewport, box: Box, screen: Size): Viewport {
  const shift = (start: number, length: number, whole: number): number => {
    const end = start + length;
    if (start < MARGIN_PX || length > whole - 2 * MARGIN_PX) return MARGIN_PX - start;
    return Math.min(0, whole - MARGIN_PX - end);
  };
  const { scale } = view;
  return pan(view, {
    x: shift(view.x + box.x * scale, box.width * scale, screen.width),
    y: shift(view.y + box.y * scale, box.height * scale, screen.height),
  });
}

/** The smallest box around some; undefined around none. */
export function around(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

const limited = (scale: number): number => Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale));
