import type { AnyActorRef, EventObject, InspectionEvent } from 'xstate';
import type { ActorSystemRef } from '../../machines/slots.ts';

/** What XState tells of one actor system. */
export type Watch = (inspection: InspectionEvent) => void;

/** Where XState itself says whatever an inspector may hear (5.33.3, `createSystem`); no public name. */
const TELL = '_sendInspectionEvent';

/**
 * Lets `watch` hear everything that happens in an actor system from here on, in front of its inspectors.
 *
 * What `createActor({ inspect })` does costs a copy of each event and a walk over the observers, some 25 %
 * of an actor's own time; this costs the call. A version of XState without that method is inspected by
 * the public way.
 */
export function watchSystem(system: ActorSystemRef, watch: Watch): void {
  const tell: unknown = Reflect.get(system, TELL);
  if (typeof tell !== 'function') {
    system.inspect(watch);
    return;
  }
  Reflect.set(system, TELL, (inspection: InspectionEvent): void => {
    watch(inspection);
    Reflect.apply(tell, system, [inspection]);
  });
}

/**
 * What tells without looking whether a machine's state is the same as before: XState (5.33.3) computes
 * `value` anew for each change of the context, but keeps this array while no state was entered or left.
 * Undefined in a version that knows no such thing.
 */
export const stateNodesOf = (snapshot: object): unknown => Reflect.get(snapshot, '_nodes');

/** An event that an actor has put off. */
export type DelayedEvent = {
  readonly source: AnyActorRef;
  readonly target: AnyActorRef;
  readonly event: EventObject;
  /** Undefined where nobody can cancel it. */
  readonly id: string | undefined;
};

/**
 * Lets `hear` know of every event that an actor of the system puts off, right before its timer is set:
 * the clock itself is not told whom a timer is for, and `getSnapshot` forgets one of two timers of one id.
 */
export function watchDelays(system: ActorSystemRef, hear: (delayed: DelayedEvent) => void): void {
  const { scheduler } = system;
  const schedule = scheduler.schedule.bind(scheduler);
  scheduler.schedule = (source, target, event, delayMs, id) => {
    hear({ source, target, event, id });
    schedule(source, target, event, delayMs, id);
  };
}
