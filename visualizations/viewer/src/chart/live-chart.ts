import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { ChartState } from '../../../../src/io/diagrams/machine-chart.ts';
import type { ActorDetail } from '../../../../src/io/inspect/protocol.ts';
import { activePaths } from './active-paths.ts';
import { runningTimers, type RunningTimer } from './armed-timers.ts';
import { lastTaken, type LastTaken } from './last-taken.ts';

/**
 * What of a drawn chart changes. Each is a signal of its own, bound to single attributes, so that 60
 * messages a second touch only what they change and never the drawing as a whole.
 */
export type LiveChart = {
  readonly active: ReadonlySignal<ReadonlySet<string>>;
  readonly last: ReadonlySignal<LastTaken>;
  /** Keys of all transitions in `last`. */
  readonly lit: ReadonlySignal<ReadonlySet<string>>;
  readonly counts: ReadonlySignal<Readonly<Record<string, number>>>;
  readonly timers: ReadonlySignal<readonly RunningTimer[]>;
  /** Whether the counts are shown. */
  readonly isHot: Signal<boolean>;
};

export function liveChart(
  chart: ChartState,
  detail: ReadonlySignal<ActorDetail | null>,
): LiveChart {
  const last = kept(() => lastTaken(detail.value?.entries ?? []));
  let timers: readonly RunningTimer[] = [];
  return {
    active: kept(() => activePaths(detail.value?.value ?? null)),
    last,
    lit: kept(() => new Set([...(last.value.moved?.keys ?? []), ...last.value.latest])),
    counts: kept(() => detail.value?.counts ?? {}),
    timers: kept(() => {
      timers = detail.value ? runningTimers(chart, detail.value, timers) : [];
      return timers;
    }),
    isHot: signal(true),
  };
}

/** Keeps the value before where the new one says the same, so that nothing that reads it is woken. */
function kept<T>(read: () => T): ReadonlySignal<T> {
  let known: { readonly value: T; readonly text: string } | undefined;
  return computed(() => {
    const value = read();
    const text = JSON.stringify(value instanceof Set ? [...value] : value);
    if (known?.text !== text) known = { value, text };
    return known.value;
  });
}
