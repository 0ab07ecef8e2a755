import { onTestFinished } from 'vitest';
import { logVersion, type FileLine, type LogLine } from '../../../src/io/event-log/log-line.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { houseMachine } from './house.machine.ts';
import { houseConfig, seededRandom, simulatedHouse } from './house-simulation.ts';
import { houseHead, startRecorded } from './record-house.ts';

/** When the recorded houses begin. */
export const houseStartedAt = Date.UTC(2026, 2, 1, 12);

/** A house that is open for as long as the clock is moved. */
export function recordHouse(
  seed: number,
  write: (line: LogLine) => void,
  clock = new VirtualClock(houseStartedAt),
  checkpointEveryMs = Number.POSITIVE_INFINITY,
) {
  const machine = simulatedHouse(clock, seededRandom(seed));
  const { root } = startRecorded(machine, { clock, write, checkpointEveryMs });
  onTestFinished(() => void root.stop());
  return { clock, machine, root };
}

/** The log of a house that is open for 20 s, is locked from outside and closes; without its end line. */
export function recordedHouse(
  seed: number,
  checkpointEveryMs = Number.POSITIVE_INFINITY,
): FileLine[] {
  const lines: FileLine[] = [
    { kind: 'head', version: logVersion, part: 1, ...houseHead(houseMachine, houseStartedAt) },
  ];
  const write = (line: LogLine) => void lines.push(line);
  const clock = new VirtualClock(houseStartedAt);
  const { root } = recordHouse(seed, write, clock, checkpointEveryMs);
  clock.advanceBy(20_000);
  root.send({ type: 'house.lock' });
  clock.advanceBy(houseConfig.closingMs);
  return lines;
}
