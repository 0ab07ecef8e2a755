import type { AnyActor, AnyActorRef, EventObject } from 'xstate';
import type { SessionView, WorkerView } from '../http/sessions-view.ts';
import type { ArmedTimer, SystemRow } from './protocol.ts';

/** An actor system as it is handed over to be inspected, before its root is started. */
export type InspectedSystem = {
  readonly root: AnyActor;
  readonly about: Pick<SystemRow, 'id' | 'kind' | 'agent' | 'room' | 'identity'>;
  /** What others are told in the place of what the root emits; without it they are told that. */
  readonly outgoing?: (emitted: EventObject) => EventObject;
  /** Of one actor. */
  readonly timersOf: (actor: AnyActorRef) => readonly ArmedTimer[];
  /** What `/sessions` says of a job at this moment; null where it is no job, or cannot be told. */
  readonly session: () => SessionView | null;
  /** What `/sessions` says of a worker; null where it is none. */
  readonly worker: () => WorkerView | null;
};

/** What composition tells of the systems that it starts. */
export interface SystemInspector {
  /** To be called before the root is started. Never throws, also later, into what is inspected. */
  attach(system: InspectedSystem): void;
}
