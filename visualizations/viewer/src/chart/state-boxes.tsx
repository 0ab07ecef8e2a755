import { computed, type ReadonlySignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { text as measure, type PlacedBlock } from '../../../../src/io/diagrams/chart-layout.ts';
import type { TextLine } from '../../../../src/io/diagrams/chart-blocks.ts';
import { stateColour } from '../style/state-colour.ts';
import { countText, farNameSize, isFirstOf, widestSize } from './chart-shapes.ts';
import type { LiveChart } from './live-chart.ts';
import { stateLabel } from './state-label.ts';

type StateBoxProps = {
  readonly placed: PlacedBlock;
  readonly live: LiveChart;
  readonly isRegion: boolean;
  readonly now: ReadonlySignal<number>;
  /** The one state that the Tab key leads to. */
  readonly current: ReadonlySignal<string>;
};

/** A state: lit while the actor is in it. */
export function StateBox({ placed, live, isRegion, now, current }: StateBoxProps) {
  const { block, depth, x, y, width, height } = placed;
  const { path } = block;
  const isLeaf = block.blocks.length === 0;
  const bound = useMemo(() => {
    const shape = `state ${isLeaf ? 'leaf' : 'outer'}${isRegion ? ' region' : ''}`;
    const isActive = computed(() => live.active.value.has(path));
    return {
      kind: computed(() => `${shape}${isActive.value ? ' active' : ''}`),
      isCurrent: computed(() => (isActive.value ? 'true' : 'false')),
      label: computed(() => stateLabel(path, isActive.value, live.timers.value, () => now.value)),
      tabIndex: computed(() => (current.value === path ? 0 : -1)),
    };
  }, [live, path, isLeaf, isRegion, now, current]);
  const name = lastKey(path) || block.name;
  return (
    <g
      class={bound.kind}
      data-state={path}
      role="treeitem"
      aria-level={depth + 1}
      aria-current={bound.isCurrent}
      aria-label={bound.label}
      // Names of attributes are case-sensitive in SVG.
      tabindex={bound.tabIndex}
      style={{ '--state': stateColour(name) }}
    >
      <rect class="box" {...{ x, y, width, height }} rx={8} />
      {block.isFinal && (
        <rect
          class="inner-border"
          x={x + 3}
          y={y + 3}
          width={width - 6}
          height={height - 6}
          rx={6}
        />
      )}
      <text
        class="name"
        x={x + measure.margin}
        y={y + measure.margin + measure.nameSize - 2}
        style={{ '--widest': `${widestSize(block.name, width)}px` }}
      >
        {block.name}
      </text>
      {isLeaf && (
        <text
          class="far-name"
          x={x + width / 2}
          y={y + height / 2}
          style={{ fontSize: `${farNameSize(name, placed)}px` }}
        >
          {name}
        </text>
      )}
      <Lines
        lines={block.lines}
        live={live}
        x={x + measure.margin}
        right={x + width - measure.margin}
        y={y + measure.margin + measure.nameSize - 2 + measure.lineHeight}
      />
    </g>
  );
}

type LinesProps = {
  readonly lines: readonly TextLine[];
  readonly live: LiveChart;
  readonly x: number;
  /** Where counts end. */
  readonly right: number;
  /** Of the first line's letters. */
  readonly y: number;
};

/** What is written in a state or at an arrow; a transition that was taken last is lit. */
export const Lines = ({ lines, live, x, right, y }: LinesProps) => (
  <>
    {lines.map((line, index) => {
      const at = y + index * measure.lineHeight;
      if (line.transition === null) {
        return (
          <text class="line note" x={x} y={at} key={index}>
            {line.text}
          </text>
        );
      }
      const first = isFirstOf(lines, index);
      return <TransitionLine {...{ live, x, right, first }} y={at} line={line} key={index} />;
    })}
  </>
);

type TransitionLineProps = Omit<LinesProps, 'lines'> & {
  readonly line: TextLine;
  readonly first: boolean;
};

function TransitionLine({ line, live, x, right, y, first }: TransitionLineProps) {
  const key = line.transition ?? '';
  const bound = useMemo(
    () => ({
      kind: computed(() => (live.lit.value.has(key) ? 'line lit' : 'line')),
      count: computed(() => (live.isHot.value ? countText(live.counts.value[key] ?? 0) : '')),
    }),
    [live, key],
  );
  return (
    <>
      <text class={bound.kind} x={x} y={y}>
        {line.text}
      </text>
      {first && (
        <text class="count" x={right} y={y} text-anchor="end">
          {bound.count}
        </text>
      )}
    </>
  );
}

const lastKey = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
