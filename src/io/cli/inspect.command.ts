import type { Command } from 'commander';
import type { AgentDefinition } from '../../agents/define-agent.ts';
import { defaultInspect } from '../settings.ts';
import { loadAgents } from './agent-modules.ts';
import type { CommandWorld } from './commands.ts';
import { readPageAddress } from './inspect-options.ts';
import { eachOf } from './repeated-option.ts';
import { withShutdown } from './with-shutdown.ts';

type InspectFlags = {
  readonly agent?: readonly string[];
  readonly inspect: string;
};

export function addInspectCommand(
  program: Command,
  world: CommandWorld,
  finish: (exitCode: number) => void,
): void {
  program
    .command('inspect')
    .description('Look at a recorded event log as if it happened now, forwards and backwards.')
    .argument(
      '[file]',
      'an event log, of which any part stands for the whole (default: dropped on the page)',
    )
    .option(
      '--agent <name|file>',
      'an agent that a log is of; any number (the built-in ones are known)',
      eachOf,
    )
    .option('--inspect <address>', 'where the page is served: host:port, or a port', defaultInspect)
    .addHelpText('after', example)
    .action(async (file: string | undefined, flags: InspectFlags) => {
      finish(await inspect(file ?? null, flags, world));
    });
}

const example = `
Examples:
  $ greenroom inspect greenroom-logs/2026-03-01/AJ_x.1.jsonl
  $ greenroom inspect AJ_x.1.jsonl --agent ./my-agent.js --inspect 9000

No server is asked and nothing is sent: ports say what the log says that they said. Everybody who opens
the page has the same playhead. Only this machine can open it, unless INSPECT_TOKEN is set.
Exit status: that of the signal that ends it (130, 143), 2 where the log cannot be read.`;

async function inspect(
  path: string | null,
  flags: InspectFlags,
  world: CommandWorld,
): Promise<number> {
  const { builtInAgents, stdout, stderr } = world;
  const page = readPageAddress(flags.inspect, world);
  const named = await loadAgents(flags.agent ?? [], builtInAgents);
  const isNamed = ({ name }: AgentDefinition) => named.some((agent) => agent.name === name);
  return withShutdown(world, (shutdown) =>
    world.runInspect({
      path,
      agents: [...named, ...builtInAgents.filter((agent) => !isNamed(agent))],
      ...page,
      output: stdout,
      notices: stderr,
      shutdown,
    }),
  );
}
