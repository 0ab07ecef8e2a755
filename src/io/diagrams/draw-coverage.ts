import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransitionCoverage } from '../coverage/transition-coverage.ts';
import { GreenroomError } from '../errors.ts';
import { bundledElk } from './bundled-elk.ts';
import { layOut } from './chart-layout.ts';
import { drawChart } from './chart-svg.ts';
import { machineChart } from './machine-chart.ts';

/**
 * Draws every machine of a coverage with what was taken and what not.
 *
 * @returns the paths of the files, `<folder>/<machine>.svg`; older ones are overwritten.
 * @throws GreenroomError `E_USAGE` where they cannot be written.
 */
export async function drawCoverage(
  coverage: TransitionCoverage,
  folder: string,
): Promise<readonly string[]> {
  const elk = bundledElk();
  const drawings: { file: string; svg: string }[] = [];
  for (const { machine, taken, total, transitions } of coverage.machines) {
    const definition = coverage.definitionOf(machine);
    if (!definition) continue;
    const heat = new Map(transitions.map(({ key, count }) => [key, count]));
    const svg = drawChart(await layOut(machineChart(definition), elk, { heat }), {
      title: `${machine}: ${taken} of ${total} transitions taken`,
      description: 'Green: taken, with how often. Red and dashed: not taken.',
    });
    drawings.push({ file: join(folder, `${encodeURIComponent(machine)}.svg`), svg });
  }
  try {
    await mkdir(folder, { recursive: true });
    for (const { file, svg } of drawings) await writeFile(file, svg);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GreenroomError('E_USAGE', `the diagrams cannot be written: ${reason}`, {
      remedy: 'Give --diagrams a folder that can be written to.',
      cause,
    });
  }
  return drawings.map(({ file }) => file);
}
