import { Option, type Command } from 'commander';
import { loadSettings } from '../config.ts';
import { GreenroomError } from '../errors.ts';
import { inspectionSettings } from '../settings.ts';
import type { CommandWorld } from './commands.ts';
import { initialState, sortKeys, type SortKey } from './top-state.ts';
import { withShutdown } from './with-shutdown.ts';

type TopFlags = {
  readonly url: string;
  readonly token?: string;
  readonly sort: SortKey;
  readonly room?: string;
  readonly filter: string;
  readonly tree?: true;
  readonly once?: true;
  readonly json?: true;
  readonly tty: boolean;
};

export function addTopCommand(
  program: Command,
  world: CommandWorld,
  finish: (exitCode: number) => void,
): void {
  program
    .command('top')
    .description('Watch the sessions, actors and alerts of a running process on a terminal.')
    .option('--url <address>', 'what --inspect printed there', 'http://127.0.0.1:7788')
    .option('--token <text>', 'where it asks for one (INSPECT_TOKEN)')
    .addOption(
      new Option('--sort <column>', 'what comes first').choices(sortKeys).default('alerts'),
    )
    .option('--room <name>', 'only this room')
    .option('--filter <text>', 'only what has this in name, room, state, quality or alert', '')
    .option('--tree', 'begin with the tree of actors')
    .option('--once', 'print what there is now, and end')
    .option('--json', 'with --once: as one JSON document, all of it; with --tree the actors, too')
    .option('--no-tty', 'a line for each change instead of a view that is redrawn')
    .addHelpText('after', example)
    .action(async (flags: TopFlags) => {
      finish(await top(flags, world));
    });
}

const example = `
Example:
  $ greenroom start --inspect --agent participant-monitor
  $ greenroom top --sort quality

On a terminal ? shows the keys. Elsewhere there is a line for each change.`;

async function top(flags: TopFlags, world: CommandWorld): Promise<number> {
  const { stdin, stdout } = world;
  const isOnce = flags.once === true;
  if (flags.json === true && !isOnce) {
    throw new GreenroomError('E_USAGE', '--json is for what is printed once', {
      remedy: 'Give --once, too.',
    });
  }
  const sources = world.readSources({ INSPECT_TOKEN: flags.token });
  const { INSPECT_TOKEN } = loadSettings(sources, inspectionSettings);
  const canDraw = stdin.isTTY === true && stdout.isTTY === true && flags.tty && !isOnce;
  const { room = null, filter, sort } = flags;
  return withShutdown(
    world,
    (shutdown) =>
      world.runTop({
        url: flags.url,
        token: INSPECT_TOKEN ?? null,
        state: initialState({
          view: flags.tree === true ? 'tree' : 'sessions',
          room,
          filter,
          sort,
        }),
        isOnce,
        isJson: flags.json === true,
        terminal: canDraw ? { input: stdin, output: stdout } : null,
        hasColour: stdout.isTTY === true && !sources.environment['NO_COLOR'],
        output: stdout,
        shutdown,
      }),
    { hasScreen: canDraw },
  );
}
