import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../actors/ports.ts';
import type { VitalsProbe } from '../actors/worker-ports.ts';

const windowMs = 10_000;
const monitorCount = 5;
const resolutionMs = 20;

/**
 * Watches the event loop over the last 10 s, and knows no lag in its first 10.
 *
 * Node's histogram only grows and cannot be added to another. So five of them run, each emptied every
 * 10 s and two seconds after the one before: the one that is next to be emptied has seen 8 to 10 s.
 */
export function openVitalsProbe(clock: Clock): VitalsProbe {
  const monitors = Array.from({ length: monitorCount }, () =>
    monitorEventLoopDelay({ resolution: resolutionMs }),
  );
  for (const monitor of monitors) monitor.enable();
  const openedAt = clock.now();
  let oldest = 0;
  const emptyOldest = () => {
    timer = clock.setTimeout(emptyOldest, windowMs / monitorCount);
    monitors[oldest]?.reset();
    oldest = (oldest + 1) % monitorCount;
  };
  let timer = clock.setTimeout(emptyOldest, windowMs / monitorCount);
  return {
    eventLoopP99Ms: () => {
      const monitor = monitors[oldest];
      // An empty histogram answers with nonsense.
      if (!monitor || monitor.count === 0) return 0;
      // Of few ticks a single one, such as that of a start, is the 99th percentile.
      if (clock.now() - openedAt < windowMs) return 0;
      return Math.max(0, monitor.percentile(99) / 1e6 - resolutionMs);
    },
    rssBytes: () => process.memoryUsage.rss(),
    close: () => {
      clock.clearTimeout(timer);
      for (const monitor of monitors) monitor.disable();
    },
  };
}
