import type {
  AnyActorRef,
  AnyMachineSnapshot,
  DoneActorEvent,
  ErrorActorEvent,
  EventObject,
} from 'xstate';
import { mayEndByItself } from './stand-in.ts';
import {
  liveChildren,
  type MachineModel,
  type ModelOutcome,
  type ModelState,
} from './machine-model.ts';

/** One thing that happens to a machine. `name` is for people. */
export type PathStep = {
  readonly name: string;
  readonly event: EventObject;
  /** `timer`: what its own timer says. `child`: a child ends or breaks, which XState itself tells. */
  readonly from: 'outside' | 'timer' | 'child';
  /** The child that speaks, ends or breaks. */
  readonly childId?: string;
};

/** What may be said to a machine. */
export type PathEvents = {
  /** By anybody at any time; the end or the error of a child, while that one lives. */
  readonly events: readonly EventObject[];
  /** By a child, by its id: said while it lives. */
  readonly childEvents: Readonly<Record<string, readonly EventObject[]>>;
  /** Whether it can come when the machine is as this snapshot says; its timers are not asked about. */
  readonly canHappen: (snapshot: AnyMachineSnapshot, event: EventObject) => boolean;
};

const DONE = 'xstate.done.actor.';
const BROKEN = 'xstate.error.actor.';

/** Everything that may happen next, in a fixed order: what is said, ends and errors of children, a timer. */
export function nextSteps(
  state: ModelState,
  { events, childEvents, canHappen }: PathEvents,
): PathStep[] {
  const { snapshot, timers } = state;
  if (snapshot.status !== 'active') return [];
  const children = liveChildren(state);
  const nameOf = namesAmong([...events, ...Object.values(childEvents).flat()]);
  const said = events
    .filter(({ type }) => !type.startsWith(DONE) && !type.startsWith(BROKEN))
    .map((event): PathStep => ({ name: nameOf(event), event, from: 'outside' }));
  const saidByChildren = children.flatMap(({ id }) =>
    (childEvents[id] ?? []).map((event): PathStep => ({
      name: nameOf(event),
      event,
      from: 'outside',
      childId: id,
    })),
  );
  const ends = children.flatMap((child) =>
    [...endsOf(child, events), ...errorsOf(child, events)].map((event): PathStep => ({
      name: nameOf(event),
      event,
      from: 'child',
      childId: child.id,
    })),
  );
  const possible = [...said, ...saidByChildren, ...ends].filter(({ event }) =>
    canHappen(snapshot, event),
  );
  const event = timers.next?.event;
  return event ? [...possible, { name: timerName(event.type), event, from: 'timer' }] : possible;
}

/** @throws what the machine throws. */
export function takeStep(model: MachineModel, state: ModelState, step: PathStep): ModelOutcome {
  switch (step.from) {
    case 'outside':
      return model.hear(state, step.event);
    case 'timer':
      return model.fireTimer(state);
    case 'child': {
      const child = liveChildren(state).find(({ id }) => id === step.childId);
      if (!child) throw new Error(`There is no child "${step.childId ?? ''}".`);
      return model.hearEndOf(child, state, step.event);
    }
  }
}

/** Only a machine without an output can end in one way alone; all other ends are listed. */
function endsOf(child: AnyActorRef, events: readonly EventObject[]): readonly EventObject[] {
  const type = DONE + child.id;
  const listed = events.filter((event) => event.type === type);
  if (listed.length > 0 || !mayEndByItself(child)) return listed;
  const end: DoneActorEvent = { type: `${DONE}${child.id}`, output: undefined, actorId: child.id };
  return [end];
}

function errorsOf({ id }: AnyActorRef, events: readonly EventObject[]): readonly EventObject[] {
  const listed = events.filter(({ type }) => type === BROKEN + id);
  if (listed.length > 0) return listed;
  const broken: ErrorActorEvent = {
    type: `${BROKEN}${id}`,
    error: new Error(`${id} broke`),
    actorId: id,
  };
  return [broken];
}

/** Events of one type are told apart by their place among those that were listed. */
function namesAmong(listed: readonly EventObject[]): (event: EventObject) => string {
  return (event) => {
    const ofType = listed.filter(({ type }) => type === event.type);
    const name = plainName(event.type);
    return ofType.length > 1 ? `${name} #${ofType.indexOf(event) + 1}` : name;
  };
}

function plainName(type: string): string {
  if (type.startsWith(DONE)) return `end of ${type.slice(DONE.length)}`;
  return type.startsWith(BROKEN) ? `error of ${type.slice(BROKEN.length)}` : type;
}

/** XState's own timers carry the id of their state behind the delay. */
const timerName = (type: string): string =>
  type.replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1');
