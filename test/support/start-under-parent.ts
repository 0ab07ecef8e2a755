import type { AnyActor, AnyActorRef, EventObject } from 'xstate';
import { expect, onTestFinished } from 'vitest';
import { startUnderParent as startChild } from '../../src/io/testing/start-under-parent.ts';
import type { VirtualClock } from '../../src/io/virtual-clock.ts';

export type Started<TActor extends AnyActor> = {
  readonly actor: TActor;
  /** Everything that the actor told its parent. */
  readonly reports: EventObject[];
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
  const { actor, reports, stop } = startChild(clock, create, () => {});
  onTestFinished(() => {
    stop();
    expect(clock.pendingCount).toBe(0);
  });
  return { actor, reports };
}
