import type { Command } from 'commander';
import { loadAgents } from './agent-modules.ts';
import type { CommandWorld } from './commands.ts';
import { renderDoctorReport } from './doctor-view.ts';
import type { Output } from './output.ts';
import {
  addWorkerOptions,
  namedAgents,
  toWorkerFlags,
  type WorkerFlags,
} from './worker-options.ts';

type DoctorCommandWorld = Pick<
  CommandWorld,
  'stdout' | 'stderr' | 'readSources' | 'builtInAgents' | 'runDoctor'
>;

type DoctorFlags = WorkerFlags & { readonly json?: true };

export function addDoctorCommand(
  program: Command,
  world: DoctorCommandWorld,
  finish: (exitCode: number) => void,
): void {
  addWorkerOptions(
    program
      .command('doctor')
      .description('Check configuration, server, keys and machine, and say what to do.'),
  )
    .option('--json', 'print the report as JSON')
    .addHelpText('after', example)
    .action(async (flags: DoctorFlags) => {
      finish(await examine(flags, world));
    });
}

const example = `
Example:
  $ greenroom doctor --url ws://localhost:7880 --api-key devkey --api-secret secret-of-at-least-32-characters

It takes the settings of start. For the round trip of a dispatch it opens a room of its own on the server
(greenroom-doctor-...) for a moment, which automatic agents are asked for too; all else is only read.
Exit status: 0 nothing failed, 1 a check failed, 2 the configuration is wrong.`;

async function examine(flags: DoctorFlags, world: DoctorCommandWorld): Promise<number> {
  const { stdout, stderr } = world;
  const agents = await loadAgents(namedAgents(flags), world.builtInAgents);
  const report = await world.runDoctor({
    sources: world.readSources(toWorkerFlags(flags)),
    agents,
    onProgress: stderr.isTTY === true ? (running) => showProgress(running, stderr) : () => {},
  });
  stdout.write(
    flags.json
      ? `${JSON.stringify(report)}\n`
      : renderDoctorReport(report, {
          columns: (stdout.isTTY === true ? stdout.columns : null) ?? null,
          hasColour: stdout.isTTY === true,
        }),
  );
  return report.exitCode;
}

const eraseLine = '\r\x1b[K';
const DEFAULT_COLUMNS = 80;

/** One line that is written over; the last one leaves nothing. */
function showProgress(running: readonly string[], output: Output): void {
  const line = running.length === 0 ? '' : `checking: ${running.join(', ')}`;
  output.write(eraseLine + line.slice(0, (output.columns ?? DEFAULT_COLUMNS) - 1));
}
