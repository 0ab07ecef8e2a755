import { useComputed, type ReadonlySignal } from '@preact/signals';
import type { ChartLayout, PlacedBlock } from '../../../../src/io/diagrams/chart-layout.ts';
import { shareLeft, type RunningTimer } from './armed-timers.ts';
import type { LiveChart } from './live-chart.ts';
import { timeLeft } from './time-left.ts';

const HEIGHT_PX = 18;
const RING_RADIUS_PX = 5;
const LETTER_PX = 6.7;
const GAP_PX = 4;
/** Of the border of its state: its name stands right below. */
const OVERLAP_PX = 4;

type TimerBadgesProps = {
  readonly layout: ChartLayout;
  readonly live: LiveChart;
  readonly now: ReadonlySignal<number>;
};

/**
 * The timers that states have set, at the upper right border of each. One that is wider than its state
 * would cover its neighbours: it goes without its name, which the list of timers beside the context has.
 */
export function TimerBadges({ layout, live, now }: TimerBadgesProps) {
  const timers = live.timers.value;
  return (
    <g class="timers" aria-hidden="true">
      {layout.blocks.flatMap((placed) => {
        let right = placed.x + placed.width;
        return timers
          .filter(({ state }) => state === placed.block.path)
          .map((timer) => {
            const isNamed = badgeWidth(timer, timer.name) <= placed.width;
            const name = isNamed ? timer.name : '';
            const width = badgeWidth(timer, name);
            right -= width + GAP_PX;
            return (
              <TimerBadge {...{ timer, name, placed, now, width }} x={right} key={timer.key} />
            );
          });
      })}
    </g>
  );
}

type TimerBadgeProps = {
  readonly timer: RunningTimer;
  /** Empty where it is shown without. */
  readonly name: string;
  readonly placed: PlacedBlock;
  readonly now: ReadonlySignal<number>;
  readonly width: number;
  readonly x: number;
};

function TimerBadge({ timer, name, placed, now, width, x }: TimerBadgeProps) {
  const words = useComputed(() => `${name} ${timeLeft(timer.dueAt, now.value)}`.trimStart());
  const y = placed.y - HEIGHT_PX + OVERLAP_PX;
  return (
    <g class="timer" data-timer={timer.name}>
      <rect {...{ x, y, width }} height={HEIGHT_PX} rx={HEIGHT_PX / 2} />
      <TimerRing {...{ timer, now }} cx={x + 10} cy={y + HEIGHT_PX / 2} />
      <text x={x + 20} y={y + HEIGHT_PX / 2 + 3.5}>
        {words}
      </text>
    </g>
  );
}

type TimerRingProps = Pick<TimerBadgeProps, 'timer' | 'now'> & {
  readonly cx: number;
  readonly cy: number;
};

/** A ring that runs down. */
export function TimerRing({ timer, now, cx, cy }: TimerRingProps) {
  const dashes = useComputed(() => `${shareLeft(timer, now.value).toFixed(3)} 1`);
  return (
    <>
      <circle class="ring-all" {...{ cx, cy }} r={RING_RADIUS_PX} />
      <circle
        class="ring-left"
        {...{ cx, cy }}
        r={RING_RADIUS_PX}
        pathLength={1}
        stroke-dasharray={dashes}
        transform={`rotate(-90 ${cx} ${cy})`}
      />
    </>
  );
}

/** Wide enough for its longest words, those at its beginning, so that it does not twitch. */
function badgeWidth({ since, dueAt }: RunningTimer, name: string): number {
  const letters =
    (name === '' ? 0 : name.length + 1) + Math.max('9.9 s'.length, timeLeft(dueAt, since).length);
  return 28 + Math.ceil(letters * LETTER_PX);
}
