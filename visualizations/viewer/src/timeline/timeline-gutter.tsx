import { useComputed, type ReadonlySignal } from '@preact/signals';
import type { ActorAddress } from '../../../../src/io/inspect/protocol.ts';
import { AXIS_PX } from './draw-timeline.ts';
import type { TimelineFeed } from './timeline-feed.ts';
import type { TimelineLine } from './timeline-lines.ts';
import { addressKey } from './timeline-model.ts';
import type { ViewState } from './view-state.ts';

const INDENT_PX = 8;
const MAX_INDENT = 4;

type TimelineGutterProps = {
  readonly feed: TimelineFeed;
  readonly state: ViewState;
  readonly seen: ReadonlySignal<readonly TimelineLine[]>;
  readonly chosen: ActorAddress | null;
  readonly choose: (address: ActorAddress) => void;
};

/** What each line is of. */
export function TimelineGutter({ feed, state, seen, chosen, choose }: TimelineGutterProps) {
  const chosenKey = chosen && addressKey(chosen);
  return (
    <div class="timeline-gutter">
      {seen.value.map((line) => (
        <div
          key={keyOf(line)}
          class={`gutter-line is-${line.kind}`}
          style={{ transform: `translateY(${line.y + AXIS_PX}px)`, height: `${line.height}px` }}
        >
          {line.kind === 'levels' ? (
            <LevelLegend feed={feed} state={state} system={line.system} />
          ) : line.kind === 'lane' && line.isFirst ? (
            <button
              type="button"
              class="gutter-actor"
              aria-pressed={addressKey(line.row) === chosenKey}
              title={line.row.path}
              style={{ paddingLeft: `${6 + Math.min(line.depth, MAX_INDENT) * INDENT_PX}px` }}
              onClick={() => choose({ system: line.row.system, path: line.row.path })}
            >
              {line.label}
            </button>
          ) : (
            <span title={line.label}>{line.label}</span>
          )}
        </div>
      ))}
    </div>
  );
}

type LevelLegendProps = Pick<TimelineGutterProps, 'feed' | 'state'> & { readonly system: string };

/** The lines' names, and their values at the cursor or now. */
function LevelLegend({ feed, state, system }: LevelLegendProps) {
  const values = useComputed(() => {
    const series = feed.version.value >= 0 ? feed.levels.of(system) : null;
    const cursor = state.cursor.value;
    const index = series?.at.findLastIndex((at) => cursor === null || at <= cursor) ?? -1;
    const level = series?.audioLevel[index];
    const rate = series?.frameRateHz[index];
    return { level: level?.toFixed(3) ?? '–', rate: rate?.toFixed(0) ?? '–' };
  }).value;
  return (
    <dl class="level-legend numbers">
      <dt class="is-level">level</dt>
      <dd>{values.level}</dd>
      <dt class="is-rate">fps</dt>
      <dd>{values.rate}</dd>
    </dl>
  );
}

function keyOf(line: TimelineLine): string {
  switch (line.kind) {
    case 'system':
    case 'levels':
      return `${line.kind} ${line.system}`;
    case 'marks':
      return `marks ${addressKey(line.row)}`;
    case 'lane':
      return `${addressKey(line.row)} ${line.lane.name}`;
  }
}
