import type { RunningTimer } from './armed-timers.ts';
import { timeLeft } from './time-left.ts';

const SECOND_MS = 1_000;

/** What is said of a state to those who do not see it; the time left changes once a second at most. */
export function stateLabel(
  path: string,
  isActive: boolean,
  timers: readonly RunningTimer[],
  now: () => number,
): string {
  const own = timers.filter(({ state }) => state === path);
  const parts = [isActive ? 'active' : 'inactive'];
  if (own.length > 0) {
    const at = now();
    for (const { name, dueAt } of own) {
      const wholeMs = Math.ceil((dueAt - at) / SECOND_MS) * SECOND_MS;
      parts.push(`timer ${name}: ${timeLeft(wholeMs, 0).replace('.0 s', ' s')}`);
    }
  }
  return `${path || 'the machine'}: ${parts.join(', ')}`;
}
