/**
 * A process that records a house into the event logs of a directory, in small parts which are packed,
 * and tells its parent on stdout of each line, until it is killed: `recording-process.ts <directory>`.
 */
import { systemClock } from '../../../src/io/clock.ts';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';
import { houseHead, startRecorded } from './record-house.ts';
import { seededRandom, simulatedHouse } from './house-simulation.ts';

const [directory = ''] = process.argv.slice(2);
const logs = new EventLogs({
  directory,
  clock: systemClock,
  maxBytes: 1e9,
  maxAgeMs: 1e9,
  partBytes: 1_500,
  isPacking: true,
  onProblem: (problem) => {
    throw new Error(problem.message);
  },
});
const machine = simulatedHouse(systemClock, seededRandom(1));
const startedAt = systemClock.now();
const log = logs.open('AJ_house', houseHead(machine, startedAt));
startRecorded(machine, {
  clock: systemClock,
  checkpointEveryMs: 500,
  write: (line) => {
    log.write(line);
    process.stdout.write(`${line.kind}\n`);
  },
});
