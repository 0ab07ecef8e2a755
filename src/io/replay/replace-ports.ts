import { StateMachine, type AnyActorLogic, type AnyStateMachine } from 'xstate';
import { isMachine } from '../../machines/actor-tree.ts';
import { isPort, type PortLogic } from '../../machines/slots.ts';

/**
 * A copy of a machine whose ports, and those of all machines below it, are made by `port`.
 *
 * Ports that are invoked in place are replaced, too. An actor that is spawned in place
 * (`spawn(logic)`) stands in no definition and stays: a replay refuses to start it.
 */
export function replacePorts(
  machine: AnyStateMachine,
  port: <TInput>() => PortLogic<TInput>,
): AnyStateMachine {
  const replace = <TLogic>(logic: TLogic): TLogic | AnyActorLogic => {
    if (isPort(logic)) return port();
    return isMachine(logic) ? replacePorts(logic, port) : logic;
  };
  const actors = Object.entries(machine.implementations.actors);
  return new StateMachine(replaceInvoked(machine.config, replace), {
    ...machine.implementations,
    actors: Object.fromEntries(actors.map(([slot, logic]) => [slot, replace(logic)])),
  });
}

type StateConfig = { readonly invoke?: unknown; readonly states?: unknown };

/** XState reads an actor that is invoked in place from the configuration, never from the slots. */
function replaceInvoked<TConfig extends StateConfig>(
  config: TConfig,
  replace: (logic: unknown) => unknown,
): TConfig {
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

const replaceSource = (invocation: unknown, replace: (logic: unknown) => unknown): unknown =>
  isRecord(invocation) && typeof invocation['src'] !== 'string'
    ? { ...invocation, src: replace(invocation['src']) }
    : invocation;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
