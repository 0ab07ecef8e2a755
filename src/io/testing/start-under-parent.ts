import {
  createActor,
  createMachine,
  stopChild,
  type AnyActor,
  type AnyActorRef,
  type EventObject,
  type InspectionEvent,
} from 'xstate';
import type { VirtualClock } from '../virtual-clock.ts';

export type StartedUnderParent<TActor extends AnyActor> = {
  readonly actor: TActor;
  /** Everything that the actor told its parent. */
  readonly reports: EventObject[];
  /** Stops the actor, and the parent after it. */
  readonly stop: () => void;
};

/** Starts an actor below a parent that keeps what it is told. */
export function startUnderParent<TActor extends AnyActor>(
  clock: VirtualClock,
  create: (under: { parent: AnyActorRef; id: string }) => TActor,
  inspect: (inspection: InspectionEvent) => void,
): StartedUnderParent<TActor> {
  const reports: EventObject[] = [];
  const parent: AnyActor = createActor(
    createMachine({
      on: {
        'test.isOver': { actions: stopChild((): AnyActorRef => actor) },
        '*': { actions: ({ event }) => void reports.push(event) },
      },
    }),
    { clock, inspect },
  ).start();
  const actor: TActor = create({ parent, id: 'child' });
  actor.start();
  return {
    actor,
    reports,
    stop: () => {
      parent.send({ type: 'test.isOver' });
      parent.stop();
    },
  };
}
