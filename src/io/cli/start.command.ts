import type { Command } from 'commander';
import { runAgents } from '../run-agents.ts';
import { loadAgents } from './agent-modules.ts';
import type { CommandWorld } from './commands.ts';
import { addInspectOptions, toInspectFlags, type InspectFlags } from './inspect-options.ts';
import {
  addWorkerOptions,
  namedAgents,
  toWorkerFlags,
  type WorkerFlags,
} from './worker-options.ts';

export function addStartCommand(
  program: Command,
  world: CommandWorld,
  finish: (exitCode: number) => void,
): void {
  addInspectOptions(
    addWorkerOptions(
      program.command('start').description('Run a worker that takes jobs for one or more agents.'),
    ),
  )
    .addHelpText('after', example)
    .action(async (flags: WorkerFlags & InspectFlags) => {
      finish(await start(flags, world));
    });
}

const example = `
Example:
  $ greenroom start --agent participant-monitor --agent ./my-agent.js \\
      --url ws://localhost:7880 --api-key devkey --api-secret secret-of-at-least-32-characters
  $ greenroom start --inspect                       # the page is at http://127.0.0.1:7788/
  $ INSPECT_TOKEN=a-long-random-text greenroom start --inspect=0.0.0.0:7788

All settings are in the README; they can also stand in the environment or in the file .env.`;

async function start(flags: WorkerFlags & InspectFlags, world: CommandWorld): Promise<number> {
  const agents = await loadAgents(namedAgents(flags), world.builtInAgents);
  const sources = world.readSources({ ...toWorkerFlags(flags), ...toInspectFlags(flags) });
  const { exitCode } = await runAgents(agents, sources, world);
  return exitCode;
}
