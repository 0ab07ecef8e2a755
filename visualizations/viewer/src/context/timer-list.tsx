import { useComputed, useSignal, type ReadonlySignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import type { ActorDetail } from '../../../../src/io/inspect/protocol.ts';
import { runningTimers, shareLeft, type RunningTimer } from '../chart/armed-timers.ts';
import { useStreamNow } from '../chart/stream-now.ts';
import { timeLeft } from '../chart/time-left.ts';
import type { Store } from '../model/store.ts';
import { exactTime } from '../timeline/time-format.ts';

type TimerListProps = { readonly store: Store; readonly detail: ActorDetail };

/** The timers of an actor that run, and how long they still do. */
export function TimerList({ store, detail }: TimerListProps) {
  const machine = store.actors.get(detail.id)?.machine ?? null;
  const chart = machine === null ? undefined : store.machines.get(machine)?.chart;
  const known = useSignal<readonly RunningTimer[]>([]);
  const timers = chart ? runningTimers(chart, detail, known.peek()) : [];
  useLayoutEffect(() => {
    known.value = timers;
  });
  const now = useStreamNow(
    store,
    useComputed(() => known.value.length > 0),
  );
  if (timers.length === 0) return null;
  return (
    <ul class="context-timers" aria-label="Timers">
      {timers.map((timer) => (
        <TimerLine key={timer.key} timer={timer} now={now} />
      ))}
    </ul>
  );
}

type TimerLineProps = { readonly timer: RunningTimer; readonly now: ReadonlySignal<number> };

function TimerLine({ timer, now }: TimerLineProps) {
  const left = useComputed(() => timeLeft(timer.dueAt, now.value));
  const share = useComputed(() => shareLeft(timer, now.value).toFixed(3));
  return (
    <li title={`due at ${exactTime(timer.dueAt)}`}>
      <progress value={share} max={1} aria-hidden="true" />
      <code>{timer.name}</code>
      <span class="dim">{timer.state === null || timer.state === '' ? '' : timer.state}</span>
      <span class="numbers">{left}</span>
    </li>
  );
}
