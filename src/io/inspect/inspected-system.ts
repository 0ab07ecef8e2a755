import type { AnyActor, AnyActorRef } from 'xstate';
import type { ArmedTimer, SystemRow } from './protocol.ts';

/** An actor system as it is handed over to be inspected, before its root is started. */
export type InspectedSystem = {
  readonly root: AnyActor;
  readonly about: Pick<SystemRow, 'id' | 'kind' | 'agent' | 'room' | 'identity'>;
  /** Of one actor. */
  readonly timersOf: (actor: AnyActorRef) => readonly ArmedTimer[];
};

/** What composition tells of the systems that it starts. */
export interface SystemInspector {
  attach(system: InspectedSystem): void;
}
