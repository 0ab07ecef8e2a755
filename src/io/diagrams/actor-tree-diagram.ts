import type { AnyStateMachine } from 'xstate';
import { actorSlots, isMachine } from '../../machines/actor-tree.ts';

/** Which machines start which machines and ports, as a flow chart of Mermaid: a tree for each root. */
export function actorTreeDiagram(roots: readonly AnyStateMachine[]): string {
  return [
    'flowchart LR',
    ...roots.flatMap((root) => [
      `  ${idOf([root.id])}["${root.id}"]`,
      ...linesBelow(root, [root.id]),
    ]),
    '',
  ].join('\n');
}

/** @param path the slots from the root to the machine, by which its actors are told from others. */
function linesBelow(machine: AnyStateMachine, path: readonly string[]): string[] {
  return actorSlots(machine).flatMap(({ name, logic }) => {
    const below = [...path, name];
    const arrow = `  ${idOf(path)} --> ${idOf(below)}`;
    // What is no machine is a port: a cylinder.
    if (!isMachine(logic)) return [`${arrow}[("${name}")]`];
    const title = logic.id === name ? name : `${name}: ${logic.id}`;
    return [`${arrow}["${title}"]`, ...linesBelow(logic, below)];
  });
}

const idOf = (path: readonly string[]): string => path.join('_').replaceAll(/\W/g, '_');
