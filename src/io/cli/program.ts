import { Command, CommanderError } from 'commander';
import { errorTable, toGreenroomError } from '../errors.ts';
import { greenroomVersion } from '../version.ts';
import type { CommandWorld } from './commands.ts';
import { addConnectCommand } from './connect.command.ts';
import { addDemoCommand } from './demo.command.ts';
import { addDispatchCommand } from './dispatch.command.ts';
import { addDoctorCommand } from './doctor.command.ts';
import { renderError } from './error-report.ts';
import { addInspectCommand } from './inspect.command.ts';
import { addReplayCommand } from './replay.command.ts';
import { addReportCommand } from './report.command.ts';
import { addSimulateCommand } from './simulate.command.ts';
import { addStartCommand } from './start.command.ts';
import { addTopCommand } from './top.command.ts';

/**
 * Runs one command line, without the names of node and script.
 *
 * @returns the exit code: 0 done, 1 failed at run time, 2 configuration or usage, 130 and 143 signals.
 */
export async function runCommandLine(
  args: readonly string[],
  world: CommandWorld,
): Promise<number> {
  let exitCode = 0;
  let logLevel: unknown;
  const program = new Command('greenroom')
    .description('An actor runtime for LiveKit: every participant gets a statechart.')
    .version(greenroomVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
    })
    .showHelpAfterError('Run the command with --help for its options and an example.')
    .hook('preAction', (_program, command) => {
      logLevel = command.getOptionValue('logLevel');
    });
  const finish = (code: number): void => {
    exitCode = code;
  };
  addStartCommand(program, world, finish);
  addDemoCommand(program, world, finish);
  addDispatchCommand(program, world);
  addConnectCommand(program, world, finish);
  addSimulateCommand(program, world, finish);
  addReplayCommand(program, world, finish);
  addInspectCommand(program, world, finish);
  addReportCommand(program, world, finish);
  addDoctorCommand(program, world, finish);
  addTopCommand(program, world, finish);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return isAnswer(error) ? 0 : usageExitStatus;
    const known = toGreenroomError(error);
    world.stderr.write(renderError(known, { withStack: wantsStack(logLevel) }));
    return known.exitStatus;
  }
}

const usageExitStatus = errorTable.E_USAGE.exitStatus;

/** `--help` and `--version` end the parser with an error too; no command at all is a mistake. */
const isAnswer = ({ code }: CommanderError): boolean =>
  code === 'commander.helpDisplayed' || code === 'commander.version';

const wantsStack = (logLevel: unknown): boolean => logLevel === 'debug' || logLevel === 'trace';
