/**
 * A process that writes an event log and tells its parent on stdout how far it is:
 * `writing-process.ts <directory> steady` writes a line every 10 ms until it is killed,
 * `writing-process.ts <directory> exit` writes 30,000 lines and exits while the first are under way.
 */
import { systemClock, nextTurn } from '../../../src/io/clock.ts';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';

const [directory = '', mode] = process.argv.slice(2);
const startedAt = systemClock.now();
const logs = new EventLogs({
  directory,
  clock: systemClock,
  maxBytes: 1e9,
  maxAgeMs: 1e9,
  queueLimit: 100_000,
  onProblem: (problem) => {
    throw new Error(problem.message);
  },
});
const log = logs.open('AJ_1', {
  rootId: 'house',
  startedAt,
  agent: 'house-keeper',
  input: {},
  settings: {},
  versions: {},
  fingerprints: {},
});

let seq = 0;
const writeLine = () => {
  seq += 1;
  const t = systemClock.now() - startedAt;
  log.write({ kind: 'sent', seq, t, actor: 1, event: { type: 'said' } });
  return t;
};

if (mode === 'steady') {
  const again = () => {
    process.stdout.write(`${writeLine()}\n`);
    systemClock.setTimeout(again, 10);
  };
  again();
} else {
  for (let line = 0; line < 30_000; line += 1) writeLine();
  // The turns that write batches were asked for before this one: some of it is under way now.
  nextTurn(() => process.exit(0));
}
