import { StateMachine, type AnyActorLogic, type AnyStateMachine } from 'xstate';
import { isRecord } from '../event-log/plain-json.ts';

/** Gives back the actor's own logic, or another for it. */
type Replace = <TLogic>(logic: TLogic) => TLogic | AnyActorLogic;

/**
 * A copy of a machine in which `replace` has chosen the logic of every actor that it starts by a slot
 * or invokes in place; not of those that the machines below it start.
 *
 * An actor that is spawned in place (`spawn(logic)`) stands in no definition and stays.
 */
export function replaceActors(machine: AnyStateMachine, replace: Replace): AnyStateMachine {
  const actors = Object.entries(machine.implementations.actors);
  const { config } = machine;
  // One that needs no other keeps it: it tells that two machines are the same one.
  return new StateMachine(invokesInPlace(config) ? replaceInvoked(config, replace) : config, {
    ...machine.implementations,
    actors: Object.fromEntries(actors.map(([slot, logic]) => [slot, replace(logic)])),
  });
}

type StateConfig = { readonly invoke?: unknown; readonly states?: unknown };

const invokesInPlace = ({ invoke, states }: StateConfig): boolean =>
  (invoke !== undefined && [invoke].flat().some(isInPlace)) ||
  (isRecord(states) &&
    Object.values(states).some((state) => isRecord(state) && invokesInPlace(state)));

/** XState reads an actor that is invoked in place from the configuration, never from the slots. */
function replaceInvoked<TConfig extends StateConfig>(config: TConfig, replace: Replace): TConfig {
  const { invoke, states } = config;
  return {
    ...config,
    ...(invoke !== undefined && {
      invoke: [invoke].flat().map((invocation) => replaceSource(invocation, replace)),
    }),
    ...(isRecord(states) && {
      states: Object.fromEntries(
        Object.entries(states).map(([key, state]) => [
          key,
          isRecord(state) ? replaceInvoked(state, replace) : state,
        ]),
      ),
    }),
  };
}

const replaceSource = (invocation: unknown, replace: Replace): unknown =>
  isInPlace(invocation) ? { ...invocation, src: replace(invocation['src']) } : invocation;

const isInPlace = (invocation: unknown): invocation is Readonly<Record<string, unknown>> =>
  isRecord(invocation) && typeof invocation['src'] !== 'string';
