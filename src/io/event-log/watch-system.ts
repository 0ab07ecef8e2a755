import type { InspectionEvent } from 'xstate';
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
