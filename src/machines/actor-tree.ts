import type { AnyStateMachine } from 'xstate';
import { isPort } from './slots.ts';

/** An actor that a machine can start: the name of its slot, or the state that invokes it in place. */
export type ActorSlot = { readonly name: string; readonly logic: unknown };

/** Whether an actor's logic is a state machine, of whichever copy of XState. */
export const isMachine = (logic: unknown): logic is AnyStateMachine =>
  typeof logic === 'object' && logic !== null && 'implementations' in logic && 'provide' in logic;

/**
 * The actors of a machine and of all machines below it that are neither machine nor port, as paths
 * of slots such as `visit/roster/fetchList`. A promise, an observable or a bare callback would run
 * again in a replay, and what it said would be missing in the log.
 *
 * An actor that is spawned in place (`spawn(logic)`) stands in no definition and is not found: the
 * recorder reports it when it starts.
 */
export const findForeignActors = (machine: AnyStateMachine): string[] =>
  foreignSlots(machine).map((path) => `${machine.id}/${path}`);

function foreignSlots(machine: AnyStateMachine): string[] {
  return actorSlots(machine).flatMap(({ name, logic }) => {
    if (isPort(logic)) return [];
    return isMachine(logic) ? foreignSlots(logic).map((path) => `${name}/${path}`) : [name];
  });
}

/** A machine and all machines below it. One that stands in several slots comes several times. */
export function findMachines(machine: AnyStateMachine): AnyStateMachine[] {
  const below = actorSlots(machine).flatMap(({ logic }) => (isMachine(logic) ? [logic] : []));
  return [machine, ...below.flatMap(findMachines)];
}

/** The actors that the definition of a machine names, in their order. */
export function actorSlots(machine: AnyStateMachine): ActorSlot[] {
  const named = Object.entries<unknown>(machine.implementations.actors);
  return [...named.map(([name, logic]) => ({ name, logic })), ...invokedInPlace(machine.root)];
}

/** XState gives an actor that is invoked in place no slot: its logic stands in the state's own definition. */
function invokedInPlace(node: AnyStateMachine['root']): ActorSlot[] {
  const invocations: unknown = node.config.invoke ?? [];
  const own = (Array.isArray(invocations) ? invocations : [invocations])
    .map((invocation: { readonly src: unknown }) => invocation.src)
    .filter((logic) => typeof logic !== 'string')
    .map((logic) => ({ name: `${node.path.join('.')}(invoke)`, logic }));
  return [...own, ...Object.values(node.states).flatMap(invokedInPlace)];
}
