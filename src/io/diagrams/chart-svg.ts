import {
  DOT_RADIUS,
  text as measure,
  type Box,
  type ChartLayout,
  type PlacedArrow,
  type PlacedBeginning,
  type PlacedBlock,
  type Point,
} from './chart-layout.ts';
import type { Kind, TextLine } from './chart-blocks.ts';

export type SvgOptions = {
  readonly title: string;
  /** For those who hear the picture instead of seeing it. */
  readonly description: string;
};

/** Draws a chart as SVG without scripts, for light and dark pages. */
export function drawChart(layout: ChartLayout, { title, description }: SvgOptions): string {
  const width = Math.ceil(layout.width);
  const height = Math.ceil(layout.height);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="description">${escape(description)}</desc>`,
    `<style>${style}</style>`,
    markers,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...layout.blocks.map(drawBlock),
    ...layout.beginnings.map(drawBeginning),
    ...layout.arrows.map(drawArrow),
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

const marker = (kind: Kind): string =>
  `<marker id="tip-${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path class="tip ${kind}" d="M0 0L8 4L0 8z"/></marker>`;

const markers = `<defs>${(['plain', 'taken', 'untaken'] as const).map(marker).join('')}</defs>`;

function drawBlock({ block, depth, ...box }: PlacedBlock): string {
  const x = box.x + measure.margin;
  const y = box.y + measure.margin + measure.nameSize - 2;
  return [
    rectangle(box, depth % 2 === 1 ? 'state odd' : 'state', 8),
    ...(block.isFinal ? [rectangle(inset(box, 3), 'final', 6)] : []),
    `<text class="name" x="${round(x)}" y="${round(y)}">${escape(block.name)}</text>`,
    ...drawLines(block.lines, { x, y: y + measure.lineHeight }),
  ].join('\n');
}

const drawBeginning = ({ dot, points }: PlacedBeginning): string =>
  `<circle class="dot" cx="${round(dot.x)}" cy="${round(dot.y)}" r="${DOT_RADIUS}"/>` +
  drawWay(points, 'plain');

const drawArrow = ({ arrow, points, label }: PlacedArrow): string =>
  [
    drawWay(points, arrow.kind),
    rectangle(label, 'label', 2),
    ...drawLines(arrow.lines, { x: label.x + 2, y: label.y + measure.size }),
  ].join('\n');

const drawWay = (points: readonly Point[], kind: Kind): string =>
  `<path class="way ${kind}" marker-end="url(#tip-${kind})" d="${points
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`)
    .join('')}"/>`;

const drawLines = (lines: readonly TextLine[], at: Point): readonly string[] =>
  lines.map(({ text, kind }, index) => {
    const y = round(at.y + index * measure.lineHeight);
    return `<text class="${kind}" x="${round(at.x)}" y="${y}">${escape(text)}</text>`;
  });

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
