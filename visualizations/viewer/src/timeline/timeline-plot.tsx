import { useComputed, useSignal, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { ActorAddress, Entry } from '../../../../src/io/inspect/protocol.ts';
import { theme } from '../style/theme.ts';
import { AXIS_PX, drawTimeline } from './draw-timeline.ts';
import { LevelChart } from './level-chart.tsx';
import { readPalette } from './palette.ts';
import { xOf } from './time-view.ts';
import type { TimelineFeed } from './timeline-feed.ts';
import { TimelineGutter } from './timeline-gutter.tsx';
import { hitAt, hitText, type Hit } from './timeline-hit.ts';
import { pressKey } from './timeline-keys.ts';
import { heightOf, linesBetween, type TimelineLine } from './timeline-lines.ts';
import { addressKey } from './timeline-model.ts';
import { usePointer } from './use-pointer.ts';
import type { ViewState } from './view-state.ts';

const OVERSCAN_PX = 60;

export type TimelinePlotProps = {
  readonly feed: TimelineFeed;
  readonly state: ViewState;
  readonly lines: ReadonlySignal<readonly TimelineLine[]>;
  readonly now: () => number;
  /** Of the oldest job that is shown, in epoch milliseconds; null while there is none. */
  readonly beganAt: ReadonlySignal<number | null>;
  /** A moment that was chosen, or where a recording stands. */
  readonly moment: ReadonlySignal<number | null>;
  readonly chosen: ActorAddress | null;
  /** Of the chosen actor. */
  readonly entriesOf: () => readonly Entry[];
  readonly pick: (hit: Hit) => void;
  readonly choose: (address: ActorAddress) => void;
  readonly fit: () => void;
  readonly clear: () => void;
};

/** The picture of a timeline, and what pointer and keys do with it. */
export function TimelinePlot(props: TimelinePlotProps) {
  const { feed, state, lines, now, beganAt, moment, chosen, entriesOf, pick, fit, clear } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  const scrolled = useSignal(0);
  const lineIndex = useSignal<number | null>(null);
  const seen = useComputed(() =>
    linesBetween(
      lines.value,
      scrolled.value - OVERSCAN_PX,
      scrolled.value + size.value.height + OVERSCAN_PX,
    ),
  );
  const hit = useComputed((): Hit | null => {
    const line = lineIndex.value === null ? undefined : lines.value[lineIndex.value];
    const at = state.cursor.value;
    return line && at !== null ? hitAt(line, state.view.value, size.value.width, at) : null;
  });

  useLayoutEffect(() => {
    const observed = plot.current;
    if (!observed) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const height = scroller.current?.clientHeight ?? 0;
      if (entry) size.value = { width: Math.floor(entry.contentRect.width), height };
    });
    observer.observe(observed);
    if (scroller.current) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [size]);

  const chosenKey = chosen && addressKey(chosen);
  const ofChosen = lines.value.filter(
    (line) => line.kind === 'lane' && addressKey(line.row) === chosenKey,
  );
  const chosenY = ofChosen[0]?.y;
  const shown = useRef<{ readonly key: string | null; readonly y: number } | null>(null);
  useLayoutEffect(() => {
    if (chosenY === undefined) return;
    if (shown.current?.key === chosenKey) {
      // Lines came or went above it: it stays where it is on the screen.
      scroller.current?.scrollBy(0, chosenY - shown.current.y);
    } else {
      // The last of its regions first, so that its beginning is seen in any case.
      reveal(scroller.current, ofChosen.at(-1));
      reveal(scroller.current, ofChosen[0]);
    }
    shown.current = { key: chosenKey, y: chosenY };
  }, [chosenKey, chosenY]);

  const draw = useMemo(
    () => () => {
      const pen = canvas.current?.getContext('2d');
      const { width, height } = size.peek();
      if (!canvas.current || !pen || width === 0) return;
      const ratio = devicePixelRatio;
      if (canvas.current.width !== width * ratio || canvas.current.height !== height * ratio) {
        canvas.current.width = width * ratio;
        canvas.current.height = height * ratio;
      }
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      const shift = AXIS_PX - scrolled.peek();
      const current = lineIndex.peek() === null ? undefined : lines.peek()[lineIndex.peek() ?? 0];
      drawTimeline(
        pen,
        {
          lines: seen.peek().map((line) => ({ ...line, y: line.y + shift })),
          view: state.view.peek(),
          now: now(),
          ...{ width, height },
          cursor: state.cursor.peek(),
          moment: moment.peek(),
          currentY: current ? current.y + shift : null,
        },
        readPalette(),
      );
    },
    [],
  );
  useFrames(
    () => state.tick(now(), size.peek().width, beganAt.peek()),
    draw,
    () => [
      ...[feed.version.value, seen.value, state.view.value, state.cursor.value],
      ...[moment.value, size.value, scrolled.value, lineIndex.value, theme.value],
    ],
  );

  const pointer = usePointer({
    scroller,
    plot,
    state,
    widthPx: () => size.peek().width,
    hover: (y) => {
      lineIndex.value = y === null ? null : indexAt(lines.peek(), y);
    },
    click: () => {
      if (hit.peek()) pick(hit.peek() ?? NOTHING);
    },
    fit,
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isDone = pressKey(event.key, event.shiftKey, {
      ...{ state, fit, clear },
      widthPx: size.peek().width,
      now: now(),
      moveLine: (by) => {
        const index = Math.min(
          lines.peek().length - 1,
          Math.max(0, (lineIndex.peek() ?? -by) + by),
        );
        lineIndex.value = index;
        state.cursor.value ??= now();
        reveal(scroller.current, lines.peek()[index]);
      },
      choose: () => {
        if (hit.peek()) pick(hit.peek() ?? NOTHING);
      },
    });
    if (!isDone) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const height = useComputed(() => heightOf(lines.value) + AXIS_PX).value;
  return (
    <div
      class="panel-body timeline-scroller"
      ref={scroller}
      onScroll={(event) => {
        scrolled.value = event.currentTarget.scrollTop;
      }}
    >
      <div class="timeline-content" style={{ height: `${height}px` }}>
        <TimelineGutter {...{ feed, seen, chosen, state }} choose={props.choose} />
        <div
          class="timeline-plot"
          ref={plot}
          role="application"
          aria-label="Timeline: arrow keys move the cursor, plus and minus zoom, f follows, 0 shows all, Enter chooses"
          aria-describedby={`${id}-hit`}
          tabIndex={0}
          onKeyDown={onKeyDown}
          {...pointer}
        >
          <canvas ref={canvas} class="timeline-canvas" aria-hidden="true" />
          <Levels {...{ feed, state, size, seen, scrolled }} />
          <HitTip
            id={`${id}-hit`}
            {...{ hit, state, size, scrolled, entriesOf, lineIndex, lines }}
          />
        </div>
      </div>
    </div>
  );
}

const NOTHING: Hit = { at: 0, address: null, segment: null, mark: null, place: '' };

/** Draws at most once a frame, when something changed or the present moved by a pixel. */
function useFrames(tick: () => void, draw: () => void, read: () => unknown): void {
  const isStale = useSignal(true);
  useSignalEffect(() => {
    read();
    isStale.value = true;
  });
  useEffect(() => {
    let frame = 0;
    const run = (): void => {
      tick();
      if (isStale.peek()) {
        isStale.value = false;
        draw();
      }
      frame = requestAnimationFrame(run);
    };
    frame = requestAnimationFrame(run);
    return () => cancelAnimationFrame(frame);
  }, [draw]);
}

type LevelsProps = Pick<TimelinePlotProps, 'feed' | 'state'> & {
  readonly size: ReadonlySignal<{ readonly width: number; readonly height: number }>;
  readonly seen: ReadonlySignal<readonly TimelineLine[]>;
  readonly scrolled: ReadonlySignal<number>;
};

function Levels({ feed, state, size, seen, scrolled }: LevelsProps) {
  return (
    <>
      {seen.value.map(
        (line) =>
          line.kind === 'levels' && (
            <div
              class="level-place"
              key={line.system}
              style={{
                transform: `translateY(${line.y + AXIS_PX}px)`,
                // It lies above the canvas, and would stand on the axis.
                clipPath: `inset(${Math.max(0, scrolled.value - line.y)}px 0 0)`,
              }}
            >
              <LevelChart {...{ feed, state, size }} system={line.system} height={line.height} />
            </div>
          ),
      )}
    </>
  );
}

type HitTipProps = Pick<TimelinePlotProps, 'state' | 'entriesOf' | 'lines'> & {
  readonly id: string;
  readonly hit: ReadonlySignal<Hit | null>;
  readonly size: ReadonlySignal<{ readonly width: number; readonly height: number }>;
  readonly scrolled: ReadonlySignal<number>;
  readonly lineIndex: ReadonlySignal<number | null>;
};

const TIP_PX = 260;

function HitTip({ id, hit, state, size, scrolled, entriesOf, lineIndex, lines }: HitTipProps) {
  const found = hit.value;
  if (!found) return <div id={id} role="status" class="unseen" />;
  const x = xOf(state.view.value, size.value.width, found.at);
  const line = lines.value[lineIndex.value ?? 0];
  const below = (line ? line.y + line.height : 0) + AXIS_PX + 4;
  const isLow = below - scrolled.value > size.value.height - 70;
  const top = isLow ? below - 80 - (line?.height ?? 0) : below;
  const left = Math.max(0, Math.min(x + 10, size.value.width - TIP_PX));
  return (
    <div
      id={id}
      role="status"
      class="timeline-tip"
      style={{ transform: `translate(${left}px, ${Math.max(AXIS_PX, top)}px)` }}
    >
      {hitText(found, entriesOf()).map((text, index) => (
        <p key={index} class={index === 0 ? 'tip-head' : 'numbers'}>
          {text}
        </p>
      ))}
    </div>
  );
}

function indexAt(lines: readonly TimelineLine[], y: number): number | null {
  const index = lines.findIndex((line) => y >= line.y && y < line.y + line.height);
  return index < 0 ? null : index;
}

function reveal(scroller: HTMLElement | null, line: TimelineLine | undefined): void {
  if (!scroller || !line) return;
  const { scrollTop, clientHeight } = scroller;
  if (line.y < scrollTop) scroller.scrollTop = line.y;
  const bottom = line.y + line.height + AXIS_PX;
  if (bottom > scrollTop + clientHeight) scroller.scrollTop = bottom - clientHeight;
}
