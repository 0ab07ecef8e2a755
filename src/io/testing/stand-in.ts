import type { ActorLogic, AnyActorRef, AnyStateMachine, EventObject, Snapshot } from 'xstate';
import { isMachine } from '../../machines/actor-tree.ts';
import { isPort } from '../../machines/slots.ts';
import { replaceActors } from '../replay/replace-actors.ts';

/** What the children of a machine are replaced by says nothing, and tells here what it hears. */
export type StandInListener = {
  readonly started: (childId: string) => void;
  readonly ended: (childId: string) => void;
  readonly heard: (childId: string, event: EventObject) => void;
};

type StandInSnapshot = Snapshot<unknown> & {
  /** Whether the actor in whose place it stands could end, and that without an output. */
  readonly mayEndByItself: boolean;
};

const endOrder = 'greenroom.standIn.end';
const breakOrder = 'greenroom.standIn.break';

type EndOrder = EventObject & { readonly output: unknown };
type BreakOrder = EventObject & { readonly error: unknown };

const isEndOrder = (event: EventObject): event is EndOrder => event.type === endOrder;
const isBreakOrder = (event: EventObject): event is BreakOrder => event.type === breakOrder;

/** A copy of a machine all of whose children stand still until the test says what becomes of them. */
export const withStandIns = (
  machine: AnyStateMachine,
  listener: StandInListener,
): AnyStateMachine =>
  replaceActors(machine, (logic) =>
    standIn(listener, !isPort(logic) && isMachine(logic) && logic.root.output === undefined),
  );

/** Lets a stand-in end, like a machine that has reached its final state. */
export const endStandIn = (child: AnyActorRef, output: unknown): void =>
  child.send({ type: endOrder, output } satisfies EndOrder);

/** Lets a stand-in break, like an actor that threw. */
export const breakStandIn = (child: AnyActorRef, error: unknown): void =>
  child.send({ type: breakOrder, error } satisfies BreakOrder);

/** A port never ends, and the output of any other actor is known to its author alone. */
export function mayEndByItself(child: AnyActorRef): boolean {
  const snapshot: unknown = child.getSnapshot();
  return isObject(snapshot) && 'mayEndByItself' in snapshot && snapshot.mayEndByItself === true;
}

const standIn = (
  { started, ended, heard }: StandInListener,
  canEnd: boolean,
): ActorLogic<StandInSnapshot, EventObject> => ({
  transition: (snapshot, event, { self }) => {
    const { mayEndByItself: may } = snapshot;
    if (event.type === 'xstate.stop') {
      ended(self.id);
      return { status: 'stopped', output: undefined, error: undefined, mayEndByItself: may };
    }
    if (isEndOrder(event)) {
      ended(self.id);
      return { status: 'done', output: event.output, error: undefined, mayEndByItself: may };
    }
    if (isBreakOrder(event)) {
      ended(self.id);
      return { status: 'error', output: undefined, error: event.error, mayEndByItself: may };
    }
    heard(self.id, event);
    return snapshot;
  },
  getInitialSnapshot: () => ({
    status: 'active',
    output: undefined,
    error: undefined,
    mayEndByItself: canEnd,
  }),
  getPersistedSnapshot: (snapshot) => snapshot,
  start: (_snapshot, { self }) => started(self.id),
});

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
