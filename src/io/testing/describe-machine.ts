import {
  isMachineSnapshot,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type DoneActorEvent,
  type ErrorActorEvent,
  type EventFromLogic,
  type EventObject,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate';
import {
  explore,
  stepNames,
  type Exploration,
  type MachineGraph,
  type MachinePath,
} from './machine-paths.ts';
import { walkPath, type Invariants } from './machine-walk.ts';
import { coverageProblems } from './path-coverage.ts';
import { testRunner } from './test-runner.ts';

/** The ends and errors of children, which XState itself tells, are in few machines' own types. */
type PathEvent<TMachine extends AnyStateMachine> =
  EventFromLogic<TMachine> | DoneActorEvent | ErrorActorEvent;

type View<TMachine extends AnyStateMachine> = {
  /** The machine's input. */
  readonly input: InputFrom<TMachine>;
  /**
   * What is said to the machine. Its timers are not listed: they fire when they are due. Nor are the
   * errors of its children, nor the ends of those without an output; any other end is listed as
   * `{ type: 'xstate.done.actor.ID', output }`, and comes only while that child lives.
   */
  readonly events: readonly PathEvent<TMachine>[];
  /** What is said by a child, by its id, and so only while that one lives. */
  readonly childEvents: Readonly<Record<string, readonly PathEvent<TMachine>[]>>;
  /**
   * Whether an event can come when the machine is as the snapshot says. Without it every event can come
   * at any time, and every child can end or break as long as it lives.
   */
  readonly canHappen: (snapshot: SnapshotFrom<TMachine>, event: PathEvent<TMachine>) => boolean;
  /** What tells two snapshots of one state apart, as plain JSON. Without it the whole context does. */
  readonly keyOf: (snapshot: SnapshotFrom<TMachine>) => unknown;
  /** So many states at most are looked at: 2,000 unless said otherwise. */
  readonly maxStates: number;
};

export type DescribeMachineOptions<TMachine extends AnyStateMachine> = Partial<View<TMachine>> & {
  readonly events: readonly PathEvent<TMachine>[];
  /** Further explorations, by name: of other inputs, or of a part with events of its own. */
  readonly also?: Readonly<Record<string, Partial<View<TMachine>>>>;
  /** What holds after every step of every path; throws where it does not. */
  readonly invariants?: Invariants<SnapshotFrom<TMachine>>;
  /** By key of a transition, or path of a state, that no path takes: why not. */
  readonly unreachable?: Readonly<Record<string, string>>;
  /** Stands in brackets before each title. */
  readonly ruleId?: string;
};

const MAX_STATES = 2_000;

/**
 * Describes a machine by tests made from itself: a path to every state and over every transition.
 *
 * Each path is walked by a running actor, on a virtual clock and below a listening parent, with its
 * children replaced by such that do nothing: after every step it must be where the pure machine says,
 * must have said and armed the same, and keep the invariants. A state or transition without a path
 * fails a test of its own, unless `unreachable` says why; so does one listed there that has a path.
 */
export function describeMachine<TMachine extends AnyStateMachine>(
  machine: TMachine,
  options: DescribeMachineOptions<TMachine>,
): void {
  const { describe, it } = testRunner('describeMachine');
  const { also = {}, invariants, unreachable = {}, ruleId } = options;
  const views = [{ name: '', view: options }].concat(
    Object.entries(also).map(([name, view]) => ({ name, view: { ...options, ...view } })),
  );
  const title = (text: string): string => (ruleId === undefined ? text : `[${ruleId}] ${text}`);
  describe(`the machine ${machine.id}`, () => {
    const graphs: MachineGraph[] = [];
    for (const { name, view } of views) {
      const exploration = explorationOf(machine, view);
      const found = tryTo(() => explore(machine, exploration));
      if (!found.ok) {
        it(title(`can be explored${inView(name)}`), () => {
          throw found.error;
        });
        continue;
      }
      graphs.push(found.value);
      const walkOptions = {
        ...exploration,
        invariants: invariants ? ofMachine(machine, invariants) : () => {},
      };
      for (const path of found.value.paths) {
        it(title(nameOf(path, name)), () => walkPath(machine, path, walkOptions));
      }
    }
    it(title('enters every state and takes every transition'), () => {
      const problems = coverageProblems(machine, {
        graphs,
        unreachable,
        eventTypes: views.flatMap(({ view }) => eventTypesOf(view)),
      });
      if (problems.length > 0) throw new Error(problems.join('\n'));
    });
  });
}

function explorationOf<TMachine extends AnyStateMachine>(
  machine: TMachine,
  {
    input,
    events,
    childEvents = {},
    canHappen = () => true,
    keyOf,
    maxStates = MAX_STATES,
  }: DescribeMachineOptions<TMachine>,
): Exploration {
  const isPossible = ofMachine(machine, (snapshot, event: EventObject) =>
    isEventOf(machine, event) ? canHappen(snapshot, event) : false,
  );
  return {
    canHappen: isPossible,
    input,
    events,
    childEvents,
    maxStates,
    keyOf: keyOf ? ofMachine(machine, keyOf) : wholeContext,
  };
}

const wholeContext = (snapshot: AnyMachineSnapshot): unknown => snapshot.context;

/** For all that is looked at are snapshots of this one machine, which its copies cannot say in their types. */
const ofMachine =
  <TMachine extends AnyStateMachine, TArgs extends readonly unknown[], TResult>(
    machine: TMachine,
    use: (snapshot: SnapshotFrom<TMachine>, ...args: TArgs) => TResult,
  ) =>
  (snapshot: AnyMachineSnapshot, ...args: TArgs): TResult => {
    if (!isSnapshotOf(machine, snapshot)) throw new Error(`No snapshot of "${machine.id}".`);
    return use(snapshot, ...args);
  };

const isSnapshotOf = <TMachine extends AnyStateMachine>(
  { id }: TMachine,
  snapshot: unknown,
): snapshot is SnapshotFrom<TMachine> => isMachineSnapshot(snapshot) && snapshot.machine.id === id;

/** What comes was listed in these types, or is told by XState of a child. */
const isEventOf = <TMachine extends AnyStateMachine>(
  _machine: TMachine,
  event: unknown,
): event is PathEvent<TMachine> => typeof event === 'object';

const eventTypesOf = ({
  events,
  childEvents = {},
}: Pick<Exploration, 'events'> & Partial<Pick<Exploration, 'childEvents'>>): string[] =>
  [...events, ...Object.values(childEvents).flat()].map(({ type }) => type);

const inView = (name: string): string => (name === '' ? '' : ` (${name})`);

function nameOf({ reaches, takes, steps }: MachinePath, view: string): string {
  const names = steps.map(({ step }) => step);
  const goal = reaches.length > 0 ? `reaches ${reaches.join(', ')}` : `takes ${takes.join('; ')}`;
  return `${goal}${inView(view)} by ${stepNames(names)}`;
}

type Tried<TValue> =
  { readonly ok: true; readonly value: TValue } | { readonly ok: false; readonly error: unknown };

function tryTo<TValue>(get: () => TValue): Tried<TValue> {
  try {
    return { ok: true, value: get() };
  } catch (error) {
    return { ok: false, error };
  }
}
