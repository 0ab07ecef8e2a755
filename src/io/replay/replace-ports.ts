import type { AnyActorLogic, AnyStateMachine } from 'xstate';
import { isMachine } from '../../machines/actor-tree.ts';
import { isPort, type PortLogic } from '../../machines/slots.ts';
import { replaceActors } from './replace-actors.ts';

/**
 * A copy of a machine whose ports, and those of all machines below it, are made by `port`.
 *
 * Ports that are invoked in place are replaced, too. A port that is spawned in place stays: a replay
 * refuses to start it.
 */
export const replacePorts = (
  machine: AnyStateMachine,
  port: <TInput>() => PortLogic<TInput>,
): AnyStateMachine =>
  replaceActors(machine, <TLogic>(logic: TLogic): TLogic | AnyActorLogic => {
    if (isPort(logic)) return port();
    return isMachine(logic) ? replacePorts(logic, port) : logic;
  });
