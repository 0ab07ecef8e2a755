import { statesOf, type ChartState } from '../../../../src/io/diagrams/machine-chart.ts';
import type { ActorDetail, ArmedTimer, StateChange } from '../../../../src/io/inspect/protocol.ts';
import { activePaths } from './active-paths.ts';

/** A timer that runs, for people. */
export type RunningTimer = {
  /** Tells it from another run of the same timer. */
  readonly key: string;
  /** The delay's name or milliseconds; the event's type where it belongs to no state. */
  readonly name: string;
  /** Path of the state that ends it when left; null for an event that the machine sends itself later. */
  readonly state: string | null;
  readonly dueAt: number;
  /** When it was set, as far as that is known. */
  readonly since: number;
};

const AFTER = 'xstate.after.';

/**
 * The timers of an actor.
 *
 * @param known those of its last message: a timer is as old as it was then.
 */
export function runningTimers(
  chart: ChartState,
  detail: Pick<ActorDetail, 'at' | 'states' | 'timers'>,
  known: readonly RunningTimer[],
): readonly RunningTimer[] {
  return detail.timers.map((timer) => {
    const key = `${timer.event} ${timer.dueAt}`;
    const before = known.find((one) => one.key === key);
    if (before) return before;
    const { name, state } = ownerOf(chart, timer);
    const since = Math.min(enteredAt(detail.states, state) ?? detail.at, detail.at);
    return { key, name, state, dueAt: timer.dueAt, since };
  });
}

/** XState names the event of a timer `xstate.after.<delay>.<id of the state>`. */
function ownerOf(chart: ChartState, { event }: ArmedTimer): { name: string; state: string | null } {
  const owners = statesOf(chart)
    .map(({ path }) => ({ path, end: path === '' ? `.${chart.name}` : `.${chart.name}.${path}` }))
    .filter(({ end }) => event.startsWith(AFTER) && event.endsWith(end));
  // A delay may hold dots, too: the longest id leaves the shortest delay.
  const owner = owners.reduce<(typeof owners)[number] | undefined>(
    (longest, one) => (one.end.length > (longest?.end.length ?? 0) ? one : longest),
    undefined,
  );
  if (!owner) return { name: event, state: null };
  return { name: event.slice(AFTER.length, -owner.end.length), state: owner.path };
}

/** When the actor came into the state that it is in; undefined where that is longer ago than is known. */
function enteredAt(states: readonly StateChange[], path: string | null): number | undefined {
  if (path === null) return undefined;
  const outside = states.findLastIndex(({ value }) => !activePaths(value).has(path));
  return states[outside + 1]?.at;
}

/** Of the time between `since` and `dueAt`, what is left at a moment: 1 to 0. */
export function shareLeft({ since, dueAt }: RunningTimer, at: number): number {
  const wholeMs = Math.max(1, dueAt - since);
  return Math.min(1, Math.max(0, (dueAt - at) / wholeMs));
}
