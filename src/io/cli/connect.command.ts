import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { loadRules } from '../rules/load-rules.ts';
import { loadAgents } from './agent-modules.ts';
import type { CommandWorld } from './commands.ts';
import {
  addConnectionOptions,
  toSettingFlags,
  type ConnectionFlags,
} from './connection-options.ts';
import { addInspectOptions, toOwnInspectFlags, type InspectFlags } from './inspect-options.ts';
import { checkMetadata, withParticipant } from './job-metadata.ts';
import { readMetadataArgument } from './metadata-argument.ts';
import { withShutdown } from './with-shutdown.ts';

type ConnectFlags = ConnectionFlags &
  InspectFlags & {
    readonly room: string;
    readonly participant?: string;
    readonly agent: string;
    readonly metadata?: string;
    readonly json?: true;
    readonly config?: string;
  };

export function addConnectCommand(
  program: Command,
  world: CommandWorld,
  finish: (exitCode: number) => void,
): void {
  addInspectOptions(
    addConnectionOptions(
      program
        .command('connect')
        .description('Join one room directly with an agent, without a worker and a dispatch.'),
    ),
  )
    .requiredOption('--room <name>', 'the room; made where it is not there, as the server allows')
    .option(
      '--participant <identity>',
      'whom the agent is for: participant_identity of the metadata',
    )
    .option(
      '--agent <name|file>',
      'a built-in agent, or a JavaScript file with one',
      'participant-monitor',
    )
    .option('--metadata <json|@file>', 'the metadata of the job, a JSON object')
    .option('--config <file>', 'the file with rules (GREENROOM_CONFIG)')
    .option('--json', 'print how it ended, summary and alerts as one JSON document')
    .addHelpText('after', example)
    .action(async (flags: ConnectFlags) => {
      finish(await connect(flags, world));
    });
}

const example = `
Example:
  $ greenroom connect --room support-42 --participant alice \\
      --url ws://localhost:7880 --api-key devkey --api-secret secret-of-at-least-32-characters

It ends when the session does, or with Ctrl-C. The settings of the agent stand in the environment or in .env.`;

async function connect(flags: ConnectFlags, world: CommandWorld): Promise<number> {
  const { stdout, stderr } = world;
  const [agent] = await loadAgents([flags.agent], world.builtInAgents);
  if (!agent) throw new Error(`no agent was loaded for ${flags.agent}`);
  const metadata = withParticipant(readMetadataArgument(flags.metadata), flags.participant);
  checkMetadata(metadata, agent);
  const config = loadConfig(
    world.readSources({
      ...toSettingFlags(flags),
      ...toOwnInspectFlags(flags),
      GREENROOM_CONFIG: flags.config,
    }),
    [agent],
  );
  const rules = await loadRules({
    file: config.worker.GREENROOM_CONFIG,
    folder: process.cwd(),
    agents: [agent.name],
  });
  const participant = metadata['participant_identity'];
  const isJson = flags.json === true;
  return withShutdown(world, (shutdown) =>
    world.runConnection({
      agent,
      config,
      rules,
      room: flags.room,
      participant: typeof participant === 'string' ? participant : null,
      metadata,
      isJson,
      isTty: stdout.isTTY === true && !isJson,
      output: stdout,
      notices: stderr,
      shutdown,
    }),
  );
}
