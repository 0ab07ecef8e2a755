import type { ElkExtendedEdge, ElkLabel, ElkNode } from 'elkjs/lib/elk-api.js';
import {
  arrowsOf,
  blockOf,
  type Arrow,
  type Block,
  type ChartText,
  type TextLine,
} from './chart-blocks.ts';
import type { ChartState } from './machine-chart.ts';

/** ELK, in this process or in a browser's worker. */
export interface LayoutEngine {
  layout(graph: ElkNode): Promise<ElkNode>;
}

export type Point = { readonly x: number; readonly y: number };
export type Box = Point & { readonly width: number; readonly height: number };

export type PlacedBlock = Box & { readonly block: Block; readonly depth: number };
export type PlacedArrow = {
  readonly arrow: Arrow;
  readonly points: readonly Point[];
  readonly label: Box;
};
/** The dot that a state begins at, and the way to where it begins. */
export type PlacedBeginning = { readonly dot: Point; readonly points: readonly Point[] };

/** A chart with a place for everything, in pixels from the upper left corner. */
export type ChartLayout = {
  readonly width: number;
  readonly height: number;
  /** Outer ones first. */
  readonly blocks: readonly PlacedBlock[];
  readonly beginnings: readonly PlacedBeginning[];
  readonly arrows: readonly PlacedArrow[];
};

/** Sizes in pixels. The letters of a monospaced font are 0.6 of its size wide. */
export const text = { size: 11, nameSize: 13, lineHeight: 14, margin: 10 } as const;
export const DOT_RADIUS = 5;
const INNER_MARGIN = 16;
export const LETTER_WIDTH = 0.605;

export type LayoutOptions = ChartText & {
  /** Where most arrows lead; down by default. */
  readonly direction?: 'DOWN' | 'RIGHT';
};

type Spacing = Readonly<Record<string, string>>;

const SPACING: Spacing = {
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.spacing.nodeNode': '24',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '10',
};
/** No labels need the room: the closer the boxes, the larger their names on a screen. */
const OUTLINE_SPACING: Spacing = {
  'elk.layered.spacing.nodeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeNodeBetweenLayers': '7',
  'elk.spacing.nodeNode': '12',
  'elk.spacing.edgeNode': '8',
  'elk.spacing.edgeEdge': '7',
};

/** ELK takes these from each box for what is in it; an outer box passes nothing on. */
const elkOptions = (spacing: Spacing, direction = 'DOWN'): Readonly<Record<string, string>> => ({
  ...spacing,
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  // Arrows that go back are those back to where a state begins.
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.spacing.edgeLabel': '3',
  'elk.direction': direction,
});

/** Finds a place for every state, arrow and label. The same chart always gets the same. */
export async function layOut(
  chart: ChartState,
  elk: LayoutEngine,
  { direction, ...told }: LayoutOptions = {},
): Promise<ChartLayout> {
  const root = blockOf(chart, told);
  const arrows = arrowsOf(chart, told);
  const options = elkOptions(told.isOutline ? OUTLINE_SPACING : SPACING, direction);
  const laidOut = await arrange({ elk, options, root, arrows });
  const boxes = boxesOf(laidOut);
  const edges = new Map((laidOut.edges ?? []).map((edge) => [edge.id, edge]));
  return {
    width: laidOut.width ?? 0,
    height: laidOut.height ?? 0,
    blocks: nested(root).map(({ block, depth }) => ({
      ...placeOf(boxes, stateId(block.path)),
      block,
      depth,
    })),
    beginnings: nested(root)
      .filter(({ block }) => block.initial !== null)
      .map(({ block: { path } }) => {
        const { x, y } = placeOf(boxes, dotId(path));
        const dot = { x: x + DOT_RADIUS, y: y + DOT_RADIUS };
        return { dot, points: pointsOf(edges.get(dotId(path))) };
      }),
    arrows: arrows.map((arrow, index) => {
      const edge = edges.get(arrowId(index));
      const [label] = edge?.labels ?? [];
      return { arrow, points: pointsOf(edge), label: boxOf(label ?? {}) };
    }),
  };
}

/** By state: how much wider a box must be than what is in it, for its own text. */
type Widening = ReadonlyMap<string, number>;

type Plan = {
  readonly elk: LayoutEngine;
  readonly options: Readonly<Record<string, string>>;
  readonly root: Block;
  readonly arrows: readonly Arrow[];
};

/** ELK keeps to no least width where arrows cross the border of a box: one that is too narrow is padded. */
async function arrange(plan: Plan, widening: Widening = new Map()): Promise<ElkNode> {
  const { elk, options, root, arrows } = plan;
  const blocks = nested(root).map(({ block }) => block);
  const laidOut = await elk.layout({
    id: 'chart',
    layoutOptions: options,
    children: [nodeOf(root, options, widening)],
    edges: [...arrows.map(edgeOf), ...blocks.flatMap(edgeToInitial)],
  });
  const boxes = boxesOf(laidOut);
  const narrow = blocks
    .map((block): [string, number] => {
      const missing = widthOfText(block) - placeOf(boxes, stateId(block.path)).width;
      return [block.path, Math.ceil(missing)];
    })
    .filter(([path, missing]) => missing > 0 && !widening.has(path));
  return narrow.length === 0 ? laidOut : arrange(plan, new Map([...widening, ...narrow]));
}

type Nested = { readonly block: Block; readonly depth: number };

const nested = (block: Block, depth = 0): readonly Nested[] => [
  { block, depth },
  ...block.blocks.flatMap((inner) => nested(inner, depth + 1)),
];

const stateId = (path: string): string => `state ${path}`;
const dotId = (path: string): string => `beginning ${path}`;
const arrowId = (index: number): string => `arrow ${index}`;

function nodeOf(block: Block, options: Plan['options'], widening: Widening): ElkNode {
  const height = text.margin * 2 + text.lineHeight * (1 + block.lines.length);
  const own = { id: stateId(block.path), width: widthOfText(block), height };
  if (block.blocks.length === 0) return own;
  const right = INNER_MARGIN + (widening.get(block.path) ?? 0);
  return {
    ...own,
    layoutOptions: {
      ...options,
      'elk.padding': `[top=${height},left=${INNER_MARGIN},bottom=${INNER_MARGIN},right=${right}]`,
    },
    children: [
      ...(block.initial === null
        ? []
        : [{ id: dotId(block.path), width: DOT_RADIUS * 2, height: DOT_RADIUS * 2 }]),
      ...block.blocks.map((inner) => nodeOf(inner, options, widening)),
    ],
  };
}

const edgeOf = ({ source, target, lines }: Arrow, index: number): ElkExtendedEdge => ({
  id: arrowId(index),
  sources: [stateId(source)],
  targets: [stateId(target)],
  labels: lines.length === 0 ? [] : [labelOf(lines)],
});

const labelOf = (lines: readonly TextLine[]): ElkLabel => ({
  text: lines.map((line) => line.text).join('\n'),
  width: Math.max(...lines.map(({ columns }) => widthOf(columns, text.size))) + 4,
  height: lines.length * text.lineHeight + 2,
});

const edgeToInitial = ({ path, initial }: Block): ElkExtendedEdge[] =>
  initial === null
    ? []
    : [{ id: dotId(path), sources: [dotId(path)], targets: [stateId(initial)] }];

const widthOfText = ({ name, lines }: Block): number =>
  text.margin * 2 +
  Math.max(
    widthOf(name.length, text.nameSize),
    ...lines.map(({ columns }) => widthOf(columns, text.size)),
  );

const widthOf = (columns: number, size: number): number => Math.ceil(columns * size * LETTER_WIDTH);

const boxesOf = (laidOut: ElkNode): ReadonlyMap<string, Box> =>
  new Map(nodesBelow(laidOut).map((node) => [node.id, boxOf(node)]));

const nodesBelow = ({ children = [] }: ElkNode): ElkNode[] =>
  children.flatMap((node) => [node, ...nodesBelow(node)]);

type Shape = { x?: number; y?: number; width?: number; height?: number };

const boxOf = ({ x = 0, y = 0, width = 0, height = 0 }: Shape): Box => ({ x, y, width, height });

function placeOf(boxes: ReadonlyMap<string, Box>, id: string): Box {
  const box = boxes.get(id);
  if (!box) throw new Error(`The layout has no place for "${id}".`);
  return box;
}

function pointsOf(edge: ElkExtendedEdge | undefined): readonly Point[] {
  return (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
}
