import type { AnyStateMachine } from 'xstate';
import { findMachines } from '../../machines/actor-tree.ts';
import { actorTreeDiagram } from './actor-tree-diagram.ts';
import { bundledElk } from './bundled-elk.ts';
import { layOut } from './chart-layout.ts';
import { drawChart } from './chart-svg.ts';
import { machineChart, statesOf } from './machine-chart.ts';
import { toMermaid } from './mermaid.ts';

/** A file of diagrams, by its name. */
export type Diagram = { readonly name: string; readonly text: string };

/**
 * Draws some machines and all below them: each as `<machine>.svg` and `<machine>.mmd`, and what starts
 * what as `actors.mmd`. The same machines always give the same text.
 */
export async function machineDiagrams(
  roots: readonly AnyStateMachine[],
): Promise<readonly Diagram[]> {
  const elk = bundledElk();
  const diagrams = [{ name: 'actors.mmd', text: actorTreeDiagram(roots) }];
  for (const machine of roots.flatMap(findMachines)) {
    const chart = machineChart(machine);
    const outer = chart.states.map(({ name }) => name).join(', ');
    const svg = drawChart(await layOut(chart, elk), {
      title: `The statechart ${machine.id}`,
      description: `${statesOf(chart).length - 1} states; the outermost are ${outer}.`,
    });
    diagrams.push({ name: `${machine.id}.svg`, text: svg });
    diagrams.push({ name: `${machine.id}.mmd`, text: toMermaid(chart) });
  }
  return diagrams;
}
