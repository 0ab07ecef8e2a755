import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { participantMonitor } from '../../agents/participant-monitor.agent.ts';
import { loadConfig } from '../config.ts';
import { scene } from '../demo/demo-scene.ts';
import { GreenroomError } from '../errors.ts';
import { identitiesOf } from '../simulated/script-course.ts';
import { formatProblems, parseScript } from '../simulated/script-parser.ts';
import { scriptWords } from '../simulated/script-words.ts';
import type { Script } from '../simulated/script.ts';
import type { CommandWorld } from './commands.ts';
import { addInspectOptions, toOwnInspectFlags, type InspectFlags } from './inspect-options.ts';
import { withShutdown } from './with-shutdown.ts';

type SimulateFlags = InspectFlags & {
  readonly script?: string;
  readonly speed?: number | 'max';
  readonly seed: number;
  readonly nastiness: number;
  readonly json?: true;
};

export function addSimulateCommand(
  program: Command,
  world: CommandWorld,
  finish: (exitCode: number) => void,
): void {
  addInspectOptions(
    program
      .command('simulate')
      .description('Play a script in a simulated room, and monitor everybody in it.'),
  )
    .option('--script <file>', 'what happens in the room (default: the scene of the demo)')
    .option(
      '--speed <number|max>',
      'so many times as fast as real time (default: 1 on a terminal and with --inspect, else max)',
      speed,
    )
    .option('--seed <number>', 'of everything that is left to chance', seed, 1)
    .option(
      '--nastiness <share>',
      'how late and disorderly the server is, from 0 to as bad as 1',
      nastiness,
      0,
    )
    .option('--json', 'print summaries and alerts as one JSON document, and nothing else')
    .addHelpText('after', example)
    .action(async (flags: SimulateFlags) => {
      finish(await simulate(flags, world));
    });
}

const LINE_WIDTH = Math.max(...scriptWords.map(([line]) => line.length));
const wordsShown = scriptWords
  .map(([line, happens]) => `  ${line.padEnd(LINE_WIDTH)}  ${happens}`.trimEnd())
  .join('\n');

const example = `
Example:
  $ greenroom simulate --script standup.script --speed max --json
  $ greenroom simulate --inspect

A script has a line for each thing that happens:

  0:01 alice joins with microphone and camera
  0:03 alice speaks for 2.5s
  0:08 alice stalls camera for 4s
  0:15 alice has poor quality from loss
  0:25 alice leaves

All that may stand after the time:

${wordsShown}

A time is minutes:seconds, such as 0:07 or 75:07.250, and never earlier than the line before. A duration is
400ms, 1.5s or 2m. A source of a track is microphone, camera, screen_share, screen_share_audio or unknown
(audio). A name with a space, colon or quote is a JSON string, and so is a participant called room, agent,
own or server: "agent" joins. A text is the rest of the line, or a JSON string. # begins a comment line.

The settings of participant-monitor stand in the environment or in .env. Simulated time begins on
2026-01-01; the same script, seed and settings give the same output at any speed.`;

const MAX_SPEED = 1_000;
const MAX_SEED = 2 ** 32 - 1;

function speed(given: string): number | 'max' {
  if (given === 'max') return given;
  const value = numberIn(given, 0, MAX_SPEED);
  if (value !== null && value > 0) return value;
  throw new InvalidArgumentError(`Expected max, or a number up to ${MAX_SPEED}, such as 10.`);
}

function seed(given: string): number {
  const value = numberIn(given, 0, MAX_SEED);
  if (value !== null && Number.isInteger(value)) return value;
  throw new InvalidArgumentError(`Expected a whole number up to ${MAX_SEED}, such as 7.`);
}

function nastiness(given: string): number {
  const value = numberIn(given, 0, 1);
  if (value !== null) return value;
  throw new InvalidArgumentError('Expected a number from 0 to 1, such as 0.5.');
}

function numberIn(given: string, least: number, most: number): number | null {
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

async function simulate(flags: SimulateFlags, world: CommandWorld): Promise<number> {
  const { stdout, stderr } = world;
  const script = flags.script === undefined ? scene : readScript(flags.script);
  // There is no server, but its settings are required everywhere else.
  const noServer = { LIVEKIT_API_KEY: 'simulated', LIVEKIT_API_SECRET: 'simulated' };
  const config = loadConfig(world.readSources({ ...noServer, ...toOwnInspectFlags(flags) }), [
    participantMonitor,
  ]);
  const isJson = flags.json === true;
  const isTty = stdout.isTTY === true && !isJson;
  const pace = flags.speed ?? (isTty || config.worker.INSPECT !== 'off' ? 1 : 'max');
  return withShutdown(world, (shutdown) =>
    world.runSimulation({
      script,
      seed: flags.seed,
      nastiness: flags.nastiness,
      speed: pace === 'max' ? null : pace,
      config,
      isJson,
      isTty,
      output: stdout,
      notices: stderr,
      shutdown,
    }),
  );
}

function readScript(path: string): Script {
  const parsed = parseScript(readText(path));
  if (!parsed.ok) {
    const { problems } = parsed;
    const count = problems.length === 1 ? 'one line is' : `${problems.length} lines are`;
    throw new GreenroomError('E_USAGE', `${path} is no script: ${count} wrong`, {
      details: problems.map((problem) => `${path}:${formatProblems([problem])}`),
      remedy: 'Correct the lines named (line:column); simulate --help shows a script.',
    });
  }
  if (identitiesOf(parsed.script).length > 0) return parsed.script;
  throw new GreenroomError('E_USAGE', `nobody appears in ${path}`, {
    remedy: 'Let somebody come in, for example: 0:01 alice joins',
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GreenroomError('E_USAGE', `the script cannot be read: ${reason}`, {
      cause,
      remedy: 'Correct the path after --script.',
    });
  }
}
