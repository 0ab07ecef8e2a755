import type { Mark } from '../../../../src/io/inspect/protocol.ts';
import { drawBar } from './draw-bar.ts';
import type { Palette } from './palette.ts';
import { ticks, xOf, type TimeView } from './time-view.ts';
import { firstEndingAfter } from './timeline-hit.ts';
import type { TimelineLine } from './timeline-lines.ts';
import type { Segment } from './timeline-model.ts';

/** All that a picture of a timeline depends on. */
export type Scene = {
  /** Those that are seen, with `y` from the top of the picture. */
  readonly lines: readonly TimelineLine[];
  readonly view: TimeView;
  readonly now: number;
  readonly width: number;
  readonly height: number;
  readonly cursor: number | null;
  /** Chosen by somebody, or where a recording stands. */
  readonly moment: number | null;
  /** Of the line that keys are on. */
  readonly currentY: number | null;
};

export const AXIS_PX = 20;

/** Draws a timeline anew; its time axis is at the top. */
export function drawTimeline(pen: CanvasRenderingContext2D, scene: Scene, colours: Palette): void {
  pen.clearRect(0, 0, scene.width, scene.height);
  pen.font = colours.font;
  pen.textBaseline = 'middle';
  drawGrid(pen, scene, colours);
  for (const line of scene.lines) drawLine(pen, line, scene, colours);
  drawFuture(pen, scene, colours);
  drawAxis(pen, scene, colours);
  drawMoment(pen, scene.cursor, scene, colours.dim, [3, 3]);
  drawMoment(pen, scene.moment, scene, colours.accent, []);
}

function drawGrid(pen: CanvasRenderingContext2D, scene: Scene, colours: Palette): void {
  pen.fillStyle = colours.line;
  pen.globalAlpha = 0.5;
  for (const { at } of ticks(scene.view, scene.width)) {
    pen.fillRect(Math.round(xOf(scene.view, scene.width, at)), AXIS_PX, 1, scene.height);
  }
  pen.globalAlpha = 1;
}

function drawAxis(pen: CanvasRenderingContext2D, scene: Scene, colours: Palette): void {
  pen.fillStyle = colours.background;
  pen.fillRect(0, 0, scene.width, AXIS_PX);
  pen.fillStyle = colours.line;
  pen.fillRect(0, AXIS_PX - 1, scene.width, 1);
  pen.fillStyle = colours.dim;
  for (const { at, label } of ticks(scene.view, scene.width)) {
    pen.fillText(label, Math.round(xOf(scene.view, scene.width, at)) + 4, AXIS_PX / 2);
  }
}

function drawLine(
  pen: CanvasRenderingContext2D,
  line: TimelineLine,
  scene: Scene,
  colours: Palette,
): void {
  const { y, height } = line;
  if (y === scene.currentY) {
    pen.fillStyle = colours.accent;
    pen.globalAlpha = 0.12;
    pen.fillRect(0, y, scene.width, height);
    pen.globalAlpha = 1;
  }
  pen.fillStyle = colours.line;
  switch (line.kind) {
    case 'system':
      pen.globalAlpha = 0.45;
      pen.fillRect(0, y, scene.width, height);
      pen.globalAlpha = 1;
      drawMarks(pen, line.marks, y + height / 2, scene, colours);
      break;
    case 'lane':
      drawForgotten(pen, line.row.forgottenBefore, y, height, scene, colours);
      drawSegments(pen, line.lane.segments, y, height, scene, colours);
      break;
    case 'marks':
      drawMarks(pen, line.marks, y + height / 2, scene, colours);
      break;
    case 'levels':
      pen.fillRect(0, y + height - 1, scene.width, 1);
      break;
  }
}

/** Bars shorter than a pixel would be drawn over each other: one of each pixel is enough. */
function drawSegments(
  pen: CanvasRenderingContext2D,
  segments: readonly Segment[],
  y: number,
  height: number,
  { view, width, now }: Scene,
  colours: Palette,
): void {
  let drawnTo = -1;
  for (let index = firstEndingAfter(segments, view.from); index < segments.length; index += 1) {
    const segment = segments[index];
    if (!segment || segment.from > view.to) return;
    const left = Math.max(-1, xOf(view, width, segment.from));
    const right = Math.min(width + 1, xOf(view, width, segment.to ?? Math.max(now, segment.from)));
    if (right < drawnTo + 1) continue;
    drawBar(pen, segment, { left, right: Math.max(right, left + 1), y, height }, colours);
    drawnTo = right;
  }
}

function drawForgotten(
  pen: CanvasRenderingContext2D,
  before: number | null,
  y: number,
  height: number,
  { view, width }: Scene,
  colours: Palette,
): void {
  const right = before === null ? 0 : Math.min(width, xOf(view, width, before));
  if (right <= 0) return;
  pen.fillStyle = colours.sunken;
  pen.fillRect(0, y + 2, right, height - 4);
  if (right < 80) return;
  pen.fillStyle = colours.dim;
  pen.fillText('no longer known', 6, y + height / 2);
}

/** What has not happened yet. */
function drawFuture(pen: CanvasRenderingContext2D, scene: Scene, colours: Palette): void {
  const x = xOf(scene.view, scene.width, scene.now);
  if (x >= scene.width) return;
  pen.fillStyle = colours.sunken;
  pen.globalAlpha = 0.6;
  pen.fillRect(Math.max(0, x), AXIS_PX, scene.width - Math.max(0, x), scene.height);
  pen.globalAlpha = 1;
}

function drawMoment(
  pen: CanvasRenderingContext2D,
  at: number | null,
  { view, width, height }: Scene,
  colour: string,
  dashes: number[],
): void {
  if (at === null || at < view.from || at > view.to) return;
  const x = Math.round(xOf(view, width, at)) + 0.5;
  pen.strokeStyle = colour;
  pen.setLineDash(dashes);
  pen.beginPath();
  pen.moveTo(x, 0);
  pen.lineTo(x, height);
  pen.stroke();
  pen.setLineDash([]);
}

const LABEL_GAP_PX = 20;

/** A shape for each kind, and its text where there is room up to the next. */
function drawMarks(
  pen: CanvasRenderingContext2D,
  marks: readonly Mark[],
  y: number,
  { view, width }: Scene,
  colours: Palette,
): void {
  marks.forEach((mark, index) => {
    const x = xOf(view, width, mark.at);
    if (x < -300 || x > width + 10) return;
    drawGlyph(pen, mark.kind, x, y, colours);
    const next = marks[index + 1];
    const room = (next ? xOf(view, width, next.at) : width) - x - LABEL_GAP_PX;
    if (room < 40) return;
    pen.fillStyle = colours.dim;
    pen.save();
    pen.beginPath();
    pen.rect(x + 8, y - 8, room, 16);
    pen.clip();
    pen.fillText(mark.text, x + 9, y);
    pen.restore();
  });
}

const GLYPHS: Readonly<Record<Mark['kind'], (colours: Palette) => readonly [string, string]>> = {
  alert: ({ warn }) => ['▲', warn],
  resolved: ({ ok }) => ['✓', ok],
  message: ({ info }) => ['◆', info],
  error: ({ bad }) => ['✕', bad],
};

function drawGlyph(
  pen: CanvasRenderingContext2D,
  kind: Mark['kind'],
  x: number,
  y: number,
  colours: Palette,
): void {
  const [glyph, colour] = GLYPHS[kind](colours);
  pen.textAlign = 'center';
  pen.fillStyle = colour;
  pen.fillText(glyph, x, y);
  pen.textAlign = 'left';
}
