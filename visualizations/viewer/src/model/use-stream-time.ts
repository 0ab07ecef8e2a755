import { useSignalEffect } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Store } from './store.ts';
import { StreamClock } from './stream-clock.ts';

/** Reads the time of what is inspected: now while it lives, the playhead's in a recording. */
export function useStreamTime(store: Store): () => number {
  const clock = useMemo(() => new StreamClock(), []);
  useSignalEffect(() => clock.hear(store.at.value, performance.now()));
  return () => store.playhead.peek()?.at ?? clock.read(performance.now());
}
