/** Fuzzes with seeds that nobody has tried yet, until the time is over or a promise is broken. */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { seedsPerRound } from './fuzz-seeds.ts';

const help = `Usage: npm run fuzz -- [--minutes <number>] [--from <seed>]

Lets anything happen to a worker, to its sessions and to rooms, ${seedsPerRound} seeds in each round, until
the minutes are over (default: 10) or a promise is broken: then it prints the seed with what led to it, and
ends with 1.

  --minutes <number>  how long to go on
  --from <seed>       the first seed, instead of one by chance
  --help              this

Example:
  $ npm run fuzz -- --minutes 60
`;

const LAST_SEED = 100_000_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    from: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(help);
else process.exitCode = await fuzz();

async function fuzz(): Promise<number> {
  const endsAt = performance.now() + numberOf('--minutes', values.minutes, 10_000) * 60_000;
  let from =
    values.from === undefined ? randomInt(LAST_SEED) : numberOf('--from', values.from, LAST_SEED);
  do {
    process.stdout.write(`seeds ${from} to ${from + seedsPerRound - 1}\n`);
    const exitCode = await fuzzFrom(from);
    if (exitCode !== 0) return exitCode;
    from += seedsPerRound;
  } while (performance.now() < endsAt);
  return 0;
}

/** @returns the exit status of the round. */
function fuzzFrom(from: number): Promise<number> {
  const args = ['vitest', 'run', '--project', 'unit', '--reporter', 'dot', 'test/fuzz'];
  const round = spawn('npx', args, {
    stdio: 'inherit',
    env: { ...process.env, FUZZ_FROM: String(from) },
  });
  return new Promise((resolve) => {
    round.on('exit', (exitCode) => resolve(exitCode ?? 1));
  });
}

function numberOf(option: string, text: string, most: number): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value <= most) return value;
  throw new Error(`${option} is "${text}"; it has to be a number up to ${most}.`);
}
