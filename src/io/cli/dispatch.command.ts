import type { Command } from 'commander';
import { loadSettings } from '../config.ts';
import { connectionSettings } from '../settings.ts';
import type { CommandWorld } from './commands.ts';
import {
  addConnectionOptions,
  toSettingFlags,
  type ConnectionFlags,
} from './connection-options.ts';
import { checkMetadata, withParticipant } from './job-metadata.ts';
import { readMetadataArgument } from './metadata-argument.ts';

type DispatchFlags = ConnectionFlags & {
  readonly agent: string;
  readonly participant?: string;
  readonly metadata?: string;
  readonly json?: true;
};

export function addDispatchCommand(program: Command, world: CommandWorld): void {
  addConnectionOptions(
    program
      .command('dispatch')
      .description('Ask the LiveKit server to send an agent to a room.')
      .argument('<room>', 'the name of the room; it is created when somebody joins'),
  )
    .requiredOption('--agent <name>', 'the name that the agent is registered under')
    .option(
      '--participant <identity>',
      'whom the agent is for: participant_identity of the metadata',
    )
    .option('--metadata <json|@file>', 'the metadata of the job, a JSON object')
    .option('--json', 'print the dispatch as JSON')
    .addHelpText('after', example)
    .action(async (room: string, flags: DispatchFlags) => {
      await dispatch(room, flags, world);
    });
}

const example = `
Example:
  $ greenroom dispatch support-42 --agent participant-monitor --participant alice \\
      --metadata '{"monitoring_type": "full", "end_on_disconnect": true}'`;

async function dispatch(room: string, flags: DispatchFlags, world: CommandWorld): Promise<void> {
  const metadata = withParticipant(readMetadataArgument(flags.metadata), flags.participant);
  const known = world.builtInAgents.find(({ name }) => name === flags.agent);
  // The worker would refuse it too, but only in its own log, where nobody who dispatches looks.
  if (known) checkMetadata(metadata, known);
  const settings = loadSettings(world.readSources(toSettingFlags(flags)), connectionSettings);
  const id = await world.createDispatch(settings, {
    room,
    agent: flags.agent,
    metadata: JSON.stringify(metadata),
  });
  const result = { id, room, agent: flags.agent, metadata };
  world.stdout.write(
    flags.json ? `${JSON.stringify(result)}\n` : `${id}  ${flags.agent} to room ${room}\n`,
  );
}
