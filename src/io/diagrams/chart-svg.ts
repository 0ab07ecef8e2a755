import type { MachineTransition } from '../coverage/machine-transitions.ts';
import {
  DOT_RADIUS,
  text as measure,
  type Box,
  type ChartLayout,
  type PlacedArrow,
  type PlacedBeginning,
  type PlacedState,
  type Point,
} from './chart-layout.ts';
import { nameOf, type TextLine } from './chart-blocks.ts';

/** How often each transition was taken, by its key. */
export type Heat = ReadonlyMap<string, number>;

export type SvgOptions = {
  readonly title: string;
  /** For those who hear the picture instead of seeing it. */
  readonly description: string;
  /** Colours the transitions: taken ones with their count, the others dashed. */
  readonly heat?: Heat;
};

/** Draws a chart as SVG without scripts, for light and dark pages. */
export function drawChart(layout: ChartLayout, { title, description, heat }: SvgOptions): string {
  const width = Math.ceil(layout.width);
  const height = Math.ceil(layout.height);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="description">${escape(description)}</desc>`,
    `<style>${style}</style>`,
    markers,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...layout.states.map((state) => drawState(state, heat)),
    ...layout.beginnings.map(drawBeginning),
    ...layout.arrows.map((arrow) => drawArrow(arrow, heat)),
    '</svg>',
    '',
  ].join('\n');
}

const style = [
  'svg{--page:#fff;--state:#f6f8fa;--inner:#fff;--line:#57606a;--name:#1f2328;--text:#424a53;--taken:#1a7f37;--untaken:#cf222e}',
  '@media(prefers-color-scheme:dark){svg{--page:#0d1117;--state:#161b22;--inner:#0d1117;--line:#8b949e;--name:#f0f6fc;--text:#c9d1d9;--taken:#3fb950;--untaken:#f85149}}',
  `text{font:${measure.size}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--text);white-space:pre}`,
  `.name{font-size:${measure.nameSize}px;font-weight:600;fill:var(--name)}`,
  '.page{fill:var(--page)}',
  '.state{fill:var(--state);stroke:var(--line)}.odd{fill:var(--inner)}.final{fill:none;stroke:var(--line)}',
  '.way{fill:none;stroke:var(--line)}.dot,.tip{fill:var(--line)}.label{fill:var(--page);fill-opacity:.85}',
  '.way.taken{stroke:var(--taken);stroke-width:1.5}.way.untaken{stroke:var(--untaken);stroke-dasharray:4 3}',
  'text.taken,.tip.taken{fill:var(--taken)}text.untaken,.tip.untaken{fill:var(--untaken)}',
].join('');

const marker = (id: string, kind: string): string =>
  `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip${kind}" d="M0 0L8 4L0 8z"/></marker>`;

const markers = `<defs>${marker('tip', '')}${marker('tip-taken', ' taken')}${marker('tip-untaken', ' untaken')}</defs>`;

function drawState({ state, lines, ...box }: PlacedState, heat: Heat | undefined): string {
  const depth = state.path === '' ? 0 : state.path.split('.').length;
  const kinds = ['state', ...(depth % 2 === 1 ? ['odd'] : [])];
  const x = box.x + measure.margin;
  const y = box.y + measure.margin + measure.nameSize - 2;
  return [
    rectangle(box, kinds.join(' '), 8),
    ...(state.type === 'final' ? [rectangle(inset(box, 3), 'final', 6)] : []),
    `<text class="name" x="${round(x)}" y="${round(y)}">${escape(nameOf(state))}</text>`,
    ...drawLines(lines, { x, y: y + measure.lineHeight }, heat),
  ].join('\n');
}

const drawBeginning = ({ dot, points }: PlacedBeginning): string =>
  `<circle class="dot" cx="${round(dot.x)}" cy="${round(dot.y)}" r="${DOT_RADIUS}"/>` +
  drawWay(points, '');

function drawArrow({ arrow, points, label }: PlacedArrow, heat: Heat | undefined): string {
  const isTaken = heat && arrow.transitions.some((transition) => timesOf(transition, heat) > 0);
  const kind = isTaken === undefined ? '' : isTaken ? 'taken' : 'untaken';
  return [
    drawWay(points, kind),
    rectangle(label, 'label', 2),
    ...drawLines(arrow.lines, { x: label.x + 2, y: label.y + measure.size }, heat),
  ].join('\n');
}

const drawWay = (points: readonly Point[], kind: string): string =>
  `<path class="way${kind && ` ${kind}`}" marker-end="url(#tip${kind && `-${kind}`})" d="${points
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`)
    .join('')}"/>`;

/** The first line of a transition also says how often it was taken. */
function drawLines(
  lines: readonly TextLine[],
  at: Point,
  heat: Heat | undefined,
): readonly string[] {
  return lines.map(({ text, transition }, index) => {
    const position = `x="${round(at.x)}" y="${round(at.y + index * measure.lineHeight)}"`;
    if (!heat || !transition) return `<text ${position}>${escape(text)}</text>`;
    const times = timesOf(transition, heat);
    const isFirst = lines[index - 1]?.transition !== transition;
    const count = isFirst && times > 0 ? ` ×${times}` : '';
    const kind = times > 0 ? 'taken' : 'untaken';
    return `<text class="${kind}" ${position}>${escape(text)}${count}</text>`;
  });
}

const timesOf = ({ key }: MachineTransition, heat: Heat): number => heat.get(key) ?? 0;

const rectangle = ({ x, y, width, height }: Box, kind: string, radius: number): string =>
  `<rect class="${kind}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`;

const inset = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x + by,
  y: y + by,
  width: width - 2 * by,
  height: height - 2 * by,
});

/** A tenth of a pixel is more than anybody sees. */
const round = (value: number): number => Math.round(value * 10) / 10;

const escape = (written: string): string =>
  written.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
