import type { AnyActorRef, AnyStateMachine, EventObject, MachineContext, StateValue } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import type { VirtualClock } from '../../src/io/virtual-clock.ts';

/** A way to one state: what to say, and which timers to wait for. */
export type Walk = {
  readonly state: string;
  readonly events: readonly EventObject[];
  readonly steps: string;
};

type Options<TContext extends MachineContext> = {
  readonly input: unknown;
  /** What may be said; the timers of the machine are added. */
  readonly events: readonly EventObject[];
  /** Delayed `raise` events of the machine. */
  readonly namedTimers?: readonly string[];
  /** What of the context tells states apart, beside the state itself. */
  readonly keyOf: (context: TContext) => unknown;
};

/** More states than any machine here has: a graph without end fails instead of hanging. */
const MAX_STATES = 20_000;

const isDelay = (type: string): boolean => type.startsWith('xstate.after.');

/** The shortest way to every state of a machine, found on the machine alone. */
export function shortestPaths<TContext extends MachineContext>(
  machine: AnyStateMachine,
  { input, events, namedTimers = [], keyOf }: Options<TContext>,
): Walk[] {
  const types: readonly string[] = machine.events;
  const timers = [...types.filter(isDelay), ...namedTimers].map((type) => ({ type }));
  const paths = getShortestPaths(machine, {
    input,
    events: [...events, ...timers],
    serializeState: ({ value, context }: { value: StateValue; context: TContext }) =>
      JSON.stringify([value, keyOf(context)]),
    limit: MAX_STATES,
  });
  const shortestFirst = paths.toSorted((a, b) => a.steps.length - b.steps.length);
  const walks = new Map<string, Walk>();
  for (const { state, steps } of shortestFirst) {
    const name = stateName(state);
    if (walks.has(name)) continue;
    const said = steps.map(({ event }: { event: EventObject }) => event).filter(isSaid);
    walks.set(name, {
      state: name,
      events: said,
      steps: said.map(({ type }) => type).join(', ') || 'nothing',
    });
  }
  return [...walks.values()];
}

const stateName = ({ value }: { value: StateValue }): string => JSON.stringify(value);

const isSaid = ({ type }: EventObject): boolean => !type.startsWith('xstate.init');

/** The states of a machine, by id, that no walk has passed. */
export function statesNotReached(machine: AnyStateMachine, walks: readonly Walk[]): string[] {
  const reached = walks.map(({ state }) => state);
  return descendants(machine.root)
    .filter(
      ({ key, type }) =>
        type !== 'parallel' && !reached.some((state) => state.includes(`"${key}"`)),
    )
    .map(({ id }) => id);
}

type StateNode = AnyStateMachine['root'];
const descendants = (node: StateNode): StateNode[] =>
  Object.values<StateNode>(node.states).flatMap((child) => [child, ...descendants(child)]);

/** Takes a running actor along a path: says its events, and lets its timers fire on the clock. */
export function walk(
  { actor, seen }: { actor: AnyActorRef; seen: readonly string[] },
  clock: VirtualClock,
  { events }: Walk,
  namedTimers: readonly string[] = [],
): void {
  for (const event of events) {
    if (isDelay(event.type) || namedTimers.includes(event.type)) {
      awaitTimer(clock, seen, event.type);
    } else {
      actor.send(event);
    }
  }
}

function awaitTimer(clock: VirtualClock, seen: readonly string[], type: string): void {
  const count = (): number => seen.filter((name) => name === type).length;
  const before = count();
  while (count() === before) {
    if (!clock.next) throw new Error(`No timer is set that could say "${type}".`);
    clock.advanceTo(clock.next.dueAt);
  }
}
