import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { parseDuration } from '../../agents/setting-types.ts';
import { systemClock } from '../clock.ts';
import { loadSettings } from '../config.ts';
import { eventLogSettings } from '../settings.ts';
import type { CommandWorld } from './commands.ts';
import { withShutdown } from './with-shutdown.ts';

type ReportFlags = {
  readonly since?: number;
  readonly until?: number;
  readonly agent?: string;
  readonly room?: string;
  readonly json?: true;
};

export function addReportCommand(
  program: Command,
  world: CommandWorld,
  finish: (exitCode: number) => void,
): void {
  program
    .command('report')
    .description(
      'Say what the sessions and rooms of some event logs came to, one by one and in all.',
    )
    .argument('[paths...]', 'event logs, and folders of them (default: EVENT_LOG_DIR)')
    .option(
      '--since <time>',
      'jobs that began then or later: 2026-03-01T12:00:00Z, or 24h ago',
      moment,
    )
    .option('--until <time>', 'jobs that began before then', moment)
    .option('--agent <name>', 'jobs of this agent')
    .option('--room <name>', 'jobs in this room')
    .option('--json', 'print the result as one JSON document, and nothing else')
    .addHelpText('after', example)
    .action(async (paths: readonly string[], flags: ReportFlags) => {
      finish(await report(paths, flags, world));
    });
}

const example = `
Examples:
  $ greenroom report
  $ greenroom report greenroom-logs --since 24h --agent room-analytics
  $ greenroom report greenroom-logs/2026-03-01 --room support-42 --json

The figures are those that agents reported themselves. Of a job that was cut off they are the last ones
before that.
Exit status: 0 done, 2 something cannot be read, or is wrong here.`;

/** Epoch milliseconds; a duration is as long ago. */
function moment(given: string): number {
  const agoMs = parseDuration(given, Number.MAX_SAFE_INTEGER);
  if (agoMs !== null) return systemClock.now() - agoMs;
  // `Date.parse` alone takes the 30th of February for the 2nd of March.
  const isDay = z.iso.date().safeParse(given.slice(0, '2026-03-01'.length)).success;
  const at = isDay ? Date.parse(given) : Number.NaN;
  if (Number.isFinite(at)) return at;
  throw new InvalidArgumentError(
    'Expected a time such as 2026-03-01 or 2026-03-01T12:00:00Z, or how long ago: 90m, 24h, 7d.',
  );
}

async function report(
  paths: readonly string[],
  { since, until, agent, room, json }: ReportFlags,
  world: CommandWorld,
): Promise<number> {
  const { EVENT_LOG_DIR } = loadSettings(world.readSources({}), eventLogSettings);
  return withShutdown(world, (shutdown) =>
    world.runReport({
      paths: paths.length > 0 ? paths : [EVENT_LOG_DIR],
      filter: {
        since: since ?? null,
        until: until ?? null,
        agent: agent ?? null,
        room: room ?? null,
      },
      isJson: json === true,
      output: world.stdout,
      notices: world.stderr,
      shutdown,
    }),
  );
}
