import { useSignal, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import type { Store } from '../model/store.ts';
import { useStreamTime } from '../model/use-stream-time.ts';

const TICK_MS = 100;

/** The time of what is inspected as a signal, ten times a second while somebody needs it. */
export function useStreamNow(
  store: Store,
  isNeeded: ReadonlySignal<boolean>,
): ReadonlySignal<number> {
  const read = useStreamTime(store);
  const now = useSignal(0);
  useSignalEffect(() => {
    if (!isNeeded.value) return undefined;
    const tick = (): void => {
      now.value = read();
    };
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  });
  return now;
}
