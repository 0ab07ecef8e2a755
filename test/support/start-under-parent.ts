import {
  createActor,
  createMachine,
  stopChild,
  type AnyActor,
  type AnyActorRef,
  type EventObject,
} from 'xstate';
import { expect, onTestFinished } from 'vitest';
import type { VirtualClock } from '../../src/io/virtual-clock.ts';

export type Started<TActor extends AnyActor> = {
  readonly actor: TActor;
  /** Everything that the actor told its parent. */
  readonly reports: EventObject[];
  /** The types of all events that reached any actor, in order. */
  readonly seen: string[];
};

/**
 * Starts an actor below a parent that keeps what it is told.
 *
 * When the test is over the actor is stopped, and no timer of it may be left.
 */
export function startUnderParent<TActor extends AnyActor>(
  clock: VirtualClock,
  create: (under: { parent: AnyActorRef; id: string }) => TActor,
): Started<TActor> {
  const reports: EventObject[] = [];
  const seen: string[] = [];
  const parent: AnyActor = createActor(
    createMachine({
      on: {
        'test.isOver': { actions: stopChild((): AnyActorRef => actor) },
        '*': { actions: ({ event }) => void reports.push(event) },
      },
    }),
    {
      clock,
      inspect: (inspection) => {
        if (inspection.type === '@xstate.event') seen.push(inspection.event.type);
      },
    },
  ).start();
  const actor: TActor = create({ parent, id: 'child' });
  actor.start();
  onTestFinished(() => {
    parent.send({ type: 'test.isOver' });
    parent.stop();
    expect(clock.pendingCount).toBe(0);
  });
  return { actor, reports, seen };
}
