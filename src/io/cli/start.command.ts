import type { Command } from 'commander';
import { loadConfig, type Config } from '../config.ts';
import { createLogger } from '../logger.ts';
import { Shutdown } from '../shutdown.ts';
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
  const config = loadConfig(sources, agents);
  const logger = createLogger({
    ...config.worker,
    secrets: secretsOf(config),
    isPretty: world.stdout.isTTY === true,
    destination: world.stdout,
  });
  for (const warning of config.warnings) logger.warn({ warning }, 'a setting looks misspelt');

  const shutdown = new Shutdown(world.signals);
  shutdown.onFatal((err) => logger.fatal({ err }, 'an error belongs to no job: draining'));
  try {
    const { exitCode } = await world.runWorker({ agents, config, logger, shutdown });
    return exitCode;
  } finally {
    shutdown.close();
  }
}

const secretsOf = ({ worker }: Config): string[] =>
  [worker.LIVEKIT_API_SECRET, worker.HTTP_TOKEN].filter((secret) => secret !== undefined);
