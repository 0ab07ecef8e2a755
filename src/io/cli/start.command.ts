import type { Command } from 'commander';
import { runAgents } from '../run-agents.ts';
import { loadAgents } from './agent-modules.ts';
import type { CommandWorld } from './commands.ts';
import {
  addConnectionOptions,
  toSettingFlags,
  type ConnectionFlags,
} from './connection-options.ts';

type StartFlags = ConnectionFlags & {
  readonly agent?: readonly string[];
  readonly httpHost?: string;
  readonly httpPort?: string;
};

const defaultAgents = ['participant-monitor'];

export function addStartCommand(
  program: Command,
  world: CommandWorld,
  finish: (exitCode: number) => void,
): void {
  addConnectionOptions(
    program.command('start').description('Run a worker that takes jobs for one or more agents.'),
  )
    .option(
      '--agent <name|file>',
      `a built-in agent, or a JavaScript file with one; any number (default: ${defaultAgents.join()})`,
      (agent: string, others: readonly string[] | undefined) => [...(others ?? []), agent],
    )
    .option('--http-host <address>', 'where health and metrics are served (HTTP_HOST)')
    .option('--http-port <port>', 'and on which port; 0 takes a free one (HTTP_PORT)')
    .addHelpText('after', example)
    .action(async (flags: StartFlags) => {
      finish(await start(flags, world));
    });
}

const example = `
Example:
  $ greenroom start --agent participant-monitor --agent ./my-agent.js \\
      --url ws://localhost:7880 --api-key devkey --api-secret secret-of-at-least-32-characters

All settings are in the README; they can also stand in the environment or in the file .env.`;

async function start(flags: StartFlags, world: CommandWorld): Promise<number> {
  const agents = await loadAgents(flags.agent ?? defaultAgents, world.builtInAgents);
  const sources = world.readSources({
    ...toSettingFlags(flags),
    HTTP_HOST: flags.httpHost,
    HTTP_PORT: flags.httpPort,
  });
  const { exitCode } = await runAgents(agents, sources, world);
  return exitCode;
}
