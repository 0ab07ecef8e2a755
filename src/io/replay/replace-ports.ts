import type { AnyActorLogic, AnyStateMachine } from 'xstate';
import { isMachine } from '../../machines/actor-tree.ts';
import { isPort, type PortLogic } from '../../machines/slots.ts';
import { replaceActors } from './replace-actors.ts';

/**
 * A copy of a machine in which a port that `standInFor` makes stands in for each port, also in all machines below it.
 *
 * Ports that are invoked in place are replaced, too. A port that is spawned in place stays: a replay
 * refuses to start it.
 */
export const replacePorts = (
  machine: AnyStateMachine,
  standInFor: (real: PortLogic<unknown>) => PortLogic<unknown>,
): AnyStateMachine =>
  replaceActors(machine, <TLogic>(logic: TLogic): TLogic | AnyActorLogic => {
    if (isPort(logic)) return standInFor(logic);
    return isMachine(logic) ? replacePorts(logic, standInFor) : logic;
  });
