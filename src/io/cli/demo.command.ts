import { InvalidArgumentError, type Command } from 'commander';
import { loadRelaySettings, loadSettings } from '../config.ts';
import { connectionSettings } from '../settings.ts';
import type { CommandWorld, RunDemoOptions } from './commands.ts';
import {
  addConnectionOptions,
  toSettingFlags,
  type ConnectionFlags,
} from './connection-options.ts';
import { addInspectOptions, toOwnInspectFlags, type InspectFlags } from './inspect-options.ts';
import { withShutdown } from './with-shutdown.ts';

type DemoFlags = ConnectionFlags &
  InspectFlags & { readonly seconds?: number; readonly tty: boolean };

export function addDemoCommand(
  program: Command,
  world: CommandWorld,
  finish: (exitCode: number) => void,
): void {
  addInspectOptions(
    addConnectionOptions(
      program
        .command('demo')
        .description(
          'Start a LiveKit server, a worker and three synthetic participants, and watch them.',
        ),
    ),
  )
    .option(
      '--seconds <number>',
      'end by itself after this time (default: Ctrl-C ends it)',
      seconds,
    )
    .option('--no-tty', 'a line for each change instead of a view that is redrawn')
    .addHelpText('after', example)
    .action(async (flags: DemoFlags) => {
      finish(await demo(flags, world));
    });
}

const example = `
Example:
  $ greenroom demo --seconds 40
  $ greenroom demo --inspect

Without --url a server is found on PATH, or built once with Go; LIVEKIT_URL is never used, because it
may be somebody's production. With --url the key stands in flags, environment or .env.`;

const MAX_SECONDS = 86_400;

function seconds(given: string): number {
  const value = Number(given);
  if (/^\d+(\.\d+)?$/.test(given) && value > 0 && value <= MAX_SECONDS) return value;
  throw new InvalidArgumentError(`Expected a number of seconds up to ${MAX_SECONDS}, such as 40.`);
}

async function demo(flags: DemoFlags, world: CommandWorld): Promise<number> {
  const server = flags.url === undefined ? null : namedServer(flags, world);
  return withShutdown(world, (shutdown) =>
    world.runDemo({
      server,
      inspect: loadRelaySettings(world.readSources(toOwnInspectFlags(flags))),
      durationMs: flags.seconds === undefined ? null : flags.seconds * 1000,
      isTty: flags.tty && world.stdout.isTTY === true,
      output: world.stdout,
      shutdown,
    }),
  );
}

function namedServer(flags: DemoFlags, { readSources }: CommandWorld): RunDemoOptions['server'] {
  const settings = loadSettings(readSources(toSettingFlags(flags)), connectionSettings);
  return {
    url: settings.LIVEKIT_URL,
    apiKey: settings.LIVEKIT_API_KEY,
    apiSecret: settings.LIVEKIT_API_SECRET,
  };
}
