import { InvalidArgumentError, type Command } from 'commander';
import type { AgentDefinition } from '../../agents/define-agent.ts';
import { GreenroomError } from '../errors.ts';
import type { ReplayTask } from '../replay/replay-options.ts';
import { loadAgents } from './agent-modules.ts';
import type { CommandWorld } from './commands.ts';
import { atDefault, readPageAddress } from './inspect-options.ts';
import { defaultInspect } from '../settings.ts';
import { eachOf } from './repeated-option.ts';
import { withShutdown } from './with-shutdown.ts';

type ReplayFlags = {
  readonly agent?: readonly string[];
  readonly set?: Readonly<Record<string, string>>;
  readonly instead?: string;
  readonly find?: string;
  readonly to?: string;
  readonly accept?: true;
  readonly coverage?: true;
  readonly diagrams?: string;
  readonly json?: true;
  readonly inspect?: string | true;
};

export function addReplayCommand(
  program: Command,
  world: CommandWorld,
  finish: (exitCode: number) => void,
): void {
  program
    .command('replay')
    .description('Run event logs again, and say where the statecharts do something else now.')
    .argument('<paths...>', 'event logs (any part stands for the whole log), and folders of them')
    .option(
      '--agent <name|file>',
      'an agent that a log is of; any number (the built-in ones are known)',
      eachOf,
    )
    .option('--set <NAME=VALUE>', 'what if: another value of a setting; any number', setting)
    .option('--instead <name|file>', 'what if: another agent in the place of the recorded one')
    .option(
      '--find <what>',
      'the first step with it: alert:KEY, state:NAME, seq:N, or a file with a predicate',
    )
    .option('--to <file>', 'with --find: write the log up to that step there')
    .option('--accept', 'write the consequences of logs that differ anew')
    .option('--coverage', 'count the transitions that the logs took')
    .option('--diagrams <folder>', 'with --coverage: draw them there')
    .option(
      '--inspect [address]',
      `then show the first log that differs, else the first, on a page at ${defaultInspect}`,
    )
    .option('--json', 'print the result as one JSON document, and nothing else')
    .addHelpText('after', example)
    .action(async (paths: readonly string[], flags: ReplayFlags) => {
      finish(await replay(paths, flags, world));
    });
}

const example = `
Examples:
  $ greenroom replay greenroom-logs
  $ greenroom replay greenroom-logs/2026-03-01/AJ_x.1.jsonl --agent ./my-agent.js
  $ greenroom replay greenroom-logs --inspect
  $ greenroom replay greenroom-logs --set SPEAKING_THRESHOLD=0.02
  $ greenroom replay greenroom-logs --find alert:poor_quality --to fixture.1.jsonl
  $ greenroom replay test/golden --accept

What --find looks for:
  alert:quality              an alert opens that has this in its key
  state:frozen               some actor comes to a state of this name
  state:participant:alice=connected.presence.absent
                             that actor comes to this state
  seq:1234                   the step of that number, as the trace of an alert names it
  ./is-late.js               its default export, a function of one step, gives true

No server is asked and nothing is sent: ports say what the log says that they said.
Exit status: 0 all the same, 1 something differs, 2 something cannot be read, or is wrong here.
With --set and --instead 0 whatever would have been different; with --find 1 where nothing is found.`;

function setting(
  given: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(given) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('Expected NAME=VALUE, such as SPEAKING_THRESHOLD=0.02.');
  }
  if (Object.hasOwn(before, name)) {
    throw new InvalidArgumentError(`${name} is set twice; a run has one value for each.`);
  }
  return { ...before, [name]: value };
}

async function replay(
  paths: readonly string[],
  flags: ReplayFlags,
  world: CommandWorld,
): Promise<number> {
  const { stdout, stderr } = world;
  const task = await readTask(flags, world);
  const named = await loadAgents(flags.agent ?? [], world.builtInAgents);
  const isNamed = ({ name }: AgentDefinition) => named.some((agent) => agent.name === name);
  return withShutdown(world, (shutdown) =>
    world.runReplay({
      paths,
      agents: [...named, ...world.builtInAgents.filter((agent) => !isNamed(agent))],
      task,
      isJson: flags.json === true,
      output: stdout,
      notices: stderr,
      shutdown,
    }),
  );
}

async function readTask(flags: ReplayFlags, world: CommandWorld): Promise<ReplayTask> {
  refuseContradictions(flags);
  if (flags.accept) return { type: 'accept' };
  if (flags.coverage) return { type: 'coverage', diagrams: flags.diagrams ?? null };
  if (flags.find !== undefined) {
    return { type: 'find', what: flags.find, fixture: flags.to ?? null };
  }
  if (flags.set === undefined && flags.instead === undefined) {
    const { inspect } = flags;
    const page = inspect === undefined ? null : readPageAddress(atDefault(inspect), world);
    return { type: 'compare', page };
  }
  const { builtInAgents } = world;
  const [instead] =
    flags.instead === undefined ? [] : await loadAgents([flags.instead], builtInAgents);
  return { type: 'whatIf', settings: flags.set ?? {}, instead: instead ?? null };
}

/** Flags of one group are about one task. */
const tasks: readonly (readonly (keyof ReplayFlags)[])[] = [
  ['set', 'instead'],
  ['find'],
  ['accept'],
  ['coverage'],
  ['inspect'],
];

const belongings = [
  ['to', 'find', 'alert:poor_quality'],
  ['diagrams', 'coverage', ''],
] as const;

function refuseContradictions(flags: ReplayFlags): void {
  const asked = tasks.flatMap((task) => task.find((flag) => flags[flag] !== undefined) ?? []);
  if (asked.length > 1) {
    const names = asked.map((flag) => `--${flag}`).join(' and ');
    throw new GreenroomError('E_USAGE', `${names} ask for different things`, {
      remedy: 'Run the command once for each.',
    });
  }
  for (const [flag, owner, value] of belongings) {
    if (flags[flag] === undefined || flags[owner] !== undefined) continue;
    throw new GreenroomError('E_USAGE', `--${flag} goes with --${owner}, which is not there`, {
      remedy: `Write --${owner}${value && ` ${value}`} too, or leave --${flag} out.`,
    });
  }
}
