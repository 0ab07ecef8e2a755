import { stateTone } from '../style/state-colour.ts';
import type { Palette } from './palette.ts';
import type { Segment } from './timeline-model.ts';

export type Bar = {
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly height: number;
};

const GAP_PX = 1;
const OUTER_PX = 3;
const TEXT_LEAST_PX = 18;
const HATCH_PX = 5;

/**
 * A state as a bar, with its name where that fits.
 *
 * Colour is not all that tells states apart where a name does not fit: what is quiet is thin, a warning
 * is hatched, and what is bad is filled.
 */
export function drawBar(
  pen: CanvasRenderingContext2D,
  { states }: Segment,
  bar: Bar,
  colours: Palette,
): void {
  const name = states.at(-1) ?? '';
  const tone = stateTone(name);
  const colour = colours.state(name);
  const isQuiet = tone === 'quiet';
  const width = bar.right - bar.left - (bar.right - bar.left > 3 ? GAP_PX : 0);
  const inset = isQuiet ? 5 : 2;
  const [y, height] = [bar.y + inset, bar.height - 2 * inset];
  pen.fillStyle = colour;
  pen.globalAlpha = tone === 'bad' ? 0.85 : isQuiet ? 0.22 : 0.34;
  pen.fillRect(bar.left, y, width, height);
  pen.globalAlpha = 1;
  if (tone === 'warn') hatch(pen, bar.left, y, width, height, colour);
  pen.fillRect(bar.left, y, Math.min(2, width), height);
  const outer = states.at(-2);
  if (outer !== undefined) {
    pen.fillStyle = colours.state(outer);
    pen.fillRect(bar.left, bar.y, width, OUTER_PX);
  }
  const text = tone === 'bad' ? colours.background : isQuiet ? colours.dim : colours.text;
  writeName(pen, name, bar, text);
}

/** A bar that began long ago has its name where it comes into sight. */
function writeName(
  pen: CanvasRenderingContext2D,
  name: string,
  { left, right, y, height }: Bar,
  colour: string,
): void {
  const x = Math.max(left, 0) + 6;
  const room = right - x - 4;
  if (room < TEXT_LEAST_PX) return;
  const width = pen.measureText(name).width;
  pen.fillStyle = colour;
  if (width <= room) {
    pen.fillText(name, x, y + height / 2 + 0.5);
    return;
  }
  const letters = Math.floor((room / width) * name.length) - 1;
  if (letters >= 3) pen.fillText(`${name.slice(0, letters)}…`, x, y + height / 2 + 0.5);
}

function hatch(
  pen: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: string,
): void {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.45;
  pen.beginPath();
  const from = Math.floor((left - height) / HATCH_PX) * HATCH_PX;
  for (let x = from; x < left + width; x += HATCH_PX) {
    pen.moveTo(x, top + height);
    pen.lineTo(x + height, top);
  }
  pen.stroke();
  pen.restore();
}
