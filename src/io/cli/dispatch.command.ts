import type { Command } from 'commander';
import { loadSettings } from '../config.ts';
import { connectionSettings } from '../settings.ts';
import type { ConnectionSettings } from '../settings.ts';
import { reasonOf } from '../error-reason.ts';
import type { CommandWorld } from './commands.ts';
import {
  addConnectionOptions,
  toSettingFlags,
  type ConnectionFlags,
} from './connection-options.ts';
import { OUTCOME_TIMEOUT_MS, type WatchedDispatch } from './dispatch-outcome.ts';
import { checkMetadata, withParticipant, type Metadata } from './job-metadata.ts';
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
      .argument('<room>', 'the name of the room; where there is none the server makes one'),
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
It prints the id at once, then waits up to ${OUTCOME_TIMEOUT_MS / 1_000} s for a worker to take the dispatch. Where none does it says so
on stderr and ends with 0: the dispatch stands.

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
  const participant = known?.jobType === 'participant' ? participantOf(metadata) : null;
  const advice = await adviseAfter(world, settings, { id, room, participant });
  if (advice !== null) world.stderr.write(`${advice}\n`);
}

function participantOf({ participant_identity: identity }: Metadata): string | null {
  return typeof identity === 'string' ? identity : null;
}

/** What there is to say of a dispatch that stands; null where a worker has taken it. */
async function adviseAfter(
  world: CommandWorld,
  settings: ConnectionSettings,
  dispatch: WatchedDispatch,
): Promise<string | null> {
  try {
    switch (await world.watchDispatch(settings, dispatch)) {
      case 'taken':
        return null;
      case 'early':
        return (
          `${JSON.stringify(dispatch.participant)} is not in the room: the job comes when they join, ` +
          'if a worker with this agent runs by then.'
        );
      case 'refused':
        return 'A worker refused it. Its log says why, under the id of the dispatch.';
      case 'untaken':
        return (
          `No worker took it within ${OUTCOME_TIMEOUT_MS / 1_000} s, and the server does not ask again. ` +
          'See that one with this agent runs (greenroom start --agent), and that its log does not say ' +
          '"taking no jobs"; then dispatch again. Where the agent follows participants, a job comes with ' +
          'each who joins.'
        );
    }
  } catch (error) {
    return `Whether a worker took it is not known: ${reasonOf(error)}.`;
  }
}
