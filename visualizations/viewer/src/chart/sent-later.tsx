import { useComputed, type ReadonlySignal } from '@preact/signals';
import type { RunningTimer } from './armed-timers.ts';
import type { LiveChart } from './live-chart.ts';
import { TimerRing } from './timer-badges.tsx';
import { timeLeft } from './time-left.ts';

type SentLaterProps = { readonly live: LiveChart; readonly now: ReadonlySignal<number> };

/** Events that the machine sends itself later: they belong to no state, and so to no place in the chart. */
export function SentLater({ live, now }: SentLaterProps) {
  const timers = live.timers.value.filter(({ state }) => state === null);
  if (timers.length === 0) return null;
  return (
    <aside class="chart-later" aria-label="Events that the machine sends itself later">
      <h3>Sent later</h3>
      <ul>
        {timers.map((timer) => (
          <LaterEvent timer={timer} now={now} key={timer.key} />
        ))}
      </ul>
    </aside>
  );
}

function LaterEvent({ timer, now }: { timer: RunningTimer; now: ReadonlySignal<number> }) {
  const left = useComputed(() => timeLeft(timer.dueAt, now.value));
  return (
    <li data-timer={timer.name}>
      <svg class="timer" width={14} height={14} aria-hidden="true">
        <TimerRing timer={timer} now={now} cx={7} cy={7} />
      </svg>
      <code>{timer.name}</code>
      <span class="left">{left}</span>
    </li>
  );
}
