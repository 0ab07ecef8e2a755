import {
  createActor,
  isMachineSnapshot,
  type AnyActor,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
} from 'xstate';
import { transitionOf } from '../coverage/machine-transitions.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { childrenOf, liveChildren, type ModelOutcome } from './machine-model.ts';
import { leavesOf, type Exploration, type MachinePath } from './machine-paths.ts';
import type { PathStep } from './path-steps.ts';
import { breakStandIn, endStandIn, withStandIns } from './stand-in.ts';
import { startUnderParent } from './start-under-parent.ts';

/**
 * Is asked after every step.
 *
 * @param told everything that the machine has told its parent or emitted so far, in order.
 * @throws where something does not hold.
 */
export type Invariants<TSnapshot> = (snapshot: TSnapshot, told: readonly EventObject[]) => void;

type WalkOptions = Pick<Exploration, 'input' | 'keyOf'> & {
  readonly invariants: Invariants<AnyMachineSnapshot>;
};

/**
 * Takes a running actor along a path, on a virtual clock and below a listening parent, and compares it
 * with the machine after every step; stopped at the end, it leaves no timer and no child.
 *
 * @throws an error that shows the steps and what differs.
 */
export function walkPath(machine: AnyStateMachine, path: MachinePath, options: WalkOptions): void {
  const walk = new Walk(machine, options);
  const trace: string[] = [];
  const check = (name: string, outcome: ModelOutcome): void => {
    trace.push(`  ${name}: ${leavesOf(outcome.state.snapshot).join(', ')}`);
    try {
      walk.check(outcome);
    } catch (error) {
      throw failed(trace, error);
    }
  };
  try {
    check('at the start', path.start);
    for (const { step, outcome } of path.steps) {
      walk.take(step, outcome);
      check(step.name, outcome);
    }
  } finally {
    walk.stop();
  }
  const leftovers = walk.leftovers;
  if (leftovers.length > 0)
    throw failed(trace, new Error(`Once stopped it leaves ${leftovers.join(' and ')}.`));
}

const failed = (trace: readonly string[], error: unknown): Error =>
  new Error(
    `${error instanceof Error ? error.message : String(error)}\nThe steps, with the states after each:\n${trace.join('\n')}`,
    { cause: error },
  );

/** What is to be seen of a machine after a step, as text by subject. */
type Sight = Readonly<Record<string, string>>;

class Walk {
  readonly #options: WalkOptions;
  readonly #clock = new VirtualClock();
  readonly #actor: AnyActor;
  readonly #stop: () => void;
  readonly #reports: readonly EventObject[];
  readonly #told: EventObject[] = [];
  /** Since the last step. */
  readonly #heard = new Map<string, EventObject[]>();
  readonly #took: string[] = [];
  readonly #children: string[] = [];
  #reportsRead = 0;

  constructor(machine: AnyStateMachine, options: WalkOptions) {
    this.#options = options;
    const logic = withStandIns(machine, {
      started: (id) => this.#children.push(id),
      ended: (id) => this.#children.splice(this.#children.indexOf(id), 1),
      heard: (id, event) => this.#hear(id, event),
    });
    const started = startUnderParent(
      this.#clock,
      (under) => {
        const actor = createActor(logic, { input: options.input, ...under });
        actor.on('*', (event: EventObject) => {
          this.#told.push(event);
          this.#hear(LISTENERS, event);
        });
        return actor;
      },
      (inspection) => {
        if (inspection.type !== '@xstate.microstep') return;
        const own = inspection._transitions.filter(({ source }) => source.machine === logic);
        this.#took.push(...own.flatMap((taken) => transitionOf(taken)?.key ?? []));
      },
    );
    this.#actor = started.actor;
    this.#reports = started.reports;
    this.#stop = started.stop;
  }

  take(step: PathStep, { state }: ModelOutcome): void {
    this.#heard.clear();
    this.#took.length = 0;
    switch (step.from) {
      case 'outside':
        this.#actor.send(step.event);
        return;
      case 'child':
        this.#end(step);
        return;
      case 'timer': {
        const timer = this.#clock.next;
        if (!timer) return;
        this.#clock.setTime(state.now);
        this.#clock.fire(timer.id);
      }
    }
  }

  check(outcome: ModelOutcome): void {
    this.#readReports();
    const expected = sightOf(outcome, this.#options);
    const seen = this.#look();
    const subjects = [...new Set([...Object.keys(expected), ...Object.keys(seen)])];
    const differences = subjects
      .filter((subject) => expected[subject] !== seen[subject])
      .map(
        (subject) =>
          `  ${subject}: ${seen[subject] ?? '-'}\n    by the machine alone: ${expected[subject] ?? '-'}`,
      );
    if (differences.length > 0) {
      throw new Error(
        `The running actor is not where its machine says:\n${differences.join('\n')}`,
      );
    }
    this.#options.invariants(this.#snapshot, this.#told);
  }

  stop(): void {
    this.#stop();
  }

  /** What is left of it, in words. */
  get leftovers(): string[] {
    const { pendingCount } = this.#clock;
    return [
      ...(pendingCount > 0 ? [`${pendingCount} timers`] : []),
      ...this.#children.map((id) => `its child "${id}"`),
    ];
  }

  get #snapshot(): AnyMachineSnapshot {
    const snapshot: unknown = this.#actor.getSnapshot();
    if (!isMachineSnapshot(snapshot)) throw new Error('The actor is no machine.');
    return snapshot;
  }

  #hear(who: string, event: EventObject): void {
    this.#heard.set(who, [...(this.#heard.get(who) ?? []), event]);
  }

  /** Its own end is no report: the status tells of it. */
  #readReports(): void {
    const own = [`xstate.done.actor.${this.#actor.id}`, `xstate.error.actor.${this.#actor.id}`];
    for (const report of this.#reports.slice(this.#reportsRead)) {
      if (own.includes(report.type)) continue;
      this.#told.push(report);
      this.#hear(PARENT, report);
    }
    this.#reportsRead = this.#reports.length;
  }

  #end({ childId, event }: PathStep): void {
    const child = childrenOf(this.#snapshot).find(({ id }) => id === childId);
    if (!child) return;
    if ('error' in event) breakStandIn(child, event['error']);
    else endStandIn(child, 'output' in event ? event['output'] : undefined);
  }

  #look(): Sight {
    const snapshot = this.#snapshot;
    const { next, pendingCount } = this.#clock;
    return {
      ...snapshotSight(snapshot, this.#options),
      children: inOrder(this.#children),
      timers: timerSight(pendingCount, next && next.dueAt - this.#clock.now()),
      ...heardSight(this.#heard),
      'transitions taken': this.#took.join('; '),
    };
  }
}

const PARENT = 'its parent';
const LISTENERS = 'its listeners';

function sightOf({ state, said, took }: ModelOutcome, options: WalkOptions): Sight {
  const heard = new Map<string, EventObject[]>();
  for (const { to, event } of said) {
    if (to.is === 'self') continue;
    const who = to.is === 'child' ? to.ref.id : to.is === 'parent' ? PARENT : LISTENERS;
    heard.set(who, [...(heard.get(who) ?? []), event]);
  }
  const { next, all } = state.timers;
  return {
    ...snapshotSight(state.snapshot, options),
    children: inOrder(liveChildren(state).map(({ id }) => id)),
    timers: timerSight(all.length, next && next.dueAt - state.now),
    ...heardSight(heard),
    'transitions taken': took.join('; '),
  };
}

function snapshotSight(snapshot: AnyMachineSnapshot, { keyOf }: WalkOptions): Sight {
  const value: unknown = snapshot.value;
  const error: unknown = snapshot.error;
  return {
    state: asText(value),
    status: snapshot.status,
    output: asText(snapshot.output),
    error: error instanceof Error ? error.message : asText(error),
    context: asText(keyOf(snapshot)),
  };
}

const timerSight = (count: number, nextInMs: number | undefined): string =>
  count === 0 ? 'none' : `${count}, the next in ${nextInMs ?? '-'} ms`;

const heardSight = (heard: ReadonlyMap<string, readonly EventObject[]>): Sight =>
  Object.fromEntries([...heard].map(([who, events]) => [`told ${who}`, asText(events)]));

const inOrder = (ids: readonly string[]): string => ids.toSorted().join(', ');

const asText = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));
