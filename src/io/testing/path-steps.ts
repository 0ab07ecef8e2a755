import type { AnyActorRef, EventObject } from 'xstate';
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
  readonly childEvents?: Readonly<Record<string, readonly EventObject[]>>;
};

const DONE = 'xstate.done.actor.';
const BROKEN = 'xstate.error.actor.';

/** Everything that may happen next, in a fixed order: what is said, ends and errors of children, a timer. */
export function nextSteps(state: ModelState, { events, childEvents = {} }: PathEvents): PathStep[] {
  if (state.snapshot.status !== 'active') return [];
  const children = liveChildren(state);
  const names = namesOf([...events, ...Object.values(childEvents).flat()]);
  const said = events
    .filter(({ type }) => !isEndOfChild(type))
    .map((event): PathStep => ({ name: names(event), event, from: 'outside' }));
  const byChildren = children.flatMap(({ id }) => [
    ...(childEvents[id] ?? []).map((event): PathStep => ({
      name: names(event),
      event,
      from: 'outside',
      childId: id,
    })),
  ]);
  const ends = children.flatMap((child) => [
    ...endsOf(child, events, names),
    ...errorsOf(child, events, names),
  ]);
  const timer = state.timers.next;
  return [
    ...said,
    ...byChildren,
    ...ends,
    ...(timer
      ? [{ name: timerName(timer.event.type), event: timer.event, from: 'timer' as const }]
      : []),
  ];
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

const isEndOfChild = (type: string): boolean => type.startsWith(DONE) || type.startsWith(BROKEN);

type Names = (event: EventObject) => string;

/** Only a machine without an output can end in one way alone; all other ends are listed. */
function endsOf(child: AnyActorRef, events: readonly EventObject[], names: Names): PathStep[] {
  const { id } = child;
  const type = DONE + id;
  const listed = events.filter((event) => event.type === type);
  const all =
    listed.length === 0 && mayEndByItself(child)
      ? [{ type, output: undefined, actorId: id }]
      : listed;
  return all.map((event) => ({ name: names(event), event, from: 'child', childId: id }));
}

function errorsOf({ id }: AnyActorRef, events: readonly EventObject[], names: Names): PathStep[] {
  const type = BROKEN + id;
  const listed = events.filter((event) => event.type === type);
  const all =
    listed.length === 0 ? [{ type, error: new Error(`${id} broke`), actorId: id }] : listed;
  return all.map((event) => ({ name: names(event), event, from: 'child', childId: id }));
}

/** Events of one type are told apart by their place among those that were listed. */
function namesOf(listed: readonly EventObject[]): Names {
  return (event) => {
    const ofType = listed.filter(({ type }) => type === event.type);
    const place = ofType.indexOf(event);
    return ofType.length > 1 && place >= 0
      ? `${plainName(event.type)} #${place + 1}`
      : plainName(event.type);
  };
}

function plainName(type: string): string {
  if (type.startsWith(DONE)) return `end of ${type.slice(DONE.length)}`;
  return type.startsWith(BROKEN) ? `error of ${type.slice(BROKEN.length)}` : type;
}

/** XState's own timers carry the id of their state behind the delay. */
const timerName = (type: string): string =>
  type.replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1');
