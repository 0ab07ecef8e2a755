import { spawn } from 'node:child_process';
import { appendFile, cp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { EventLogs } from '../../../src/io/event-log/event-logs.ts';
import type { FileLine, LogProblem } from '../../../src/io/event-log/log-line.ts';
import { readLog } from '../../../src/io/event-log/reader.ts';
import { readTail } from '../../../src/io/event-log/tail.ts';
import { replay } from '../../../src/io/replay/replayer.ts';
import { resume } from '../../../src/io/replay/resume.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { houseMachine } from '../../support/event-log/house.machine.ts';
import {
  houseConfig,
  seededRandom,
  simulatedHouse,
} from '../../support/event-log/house-simulation.ts';
import { readHead, readWholeLog, temporaryFolder } from '../../support/event-log/log-folder.ts';

const program = fileURLToPath(
  new URL('../../support/event-log/recording-process.ts', import.meta.url),
);

const throwProblem = ({ message, where }: LogProblem): never => {
  throw new Error(`${message} ${where ?? ''}`);
};

/** Records a house in a process of its own, kills that in the middle, and returns the folder of the log. */
async function killedHouse(): Promise<string> {
  const directory = await temporaryFolder();
  const child = spawn(process.execPath, ['--import', 'tsx', program, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const folder = async () => join(directory, (await readdir(directory)).at(0) ?? 'no day');
  const hasThirdPart = async () =>
    stat(join(await folder(), 'AJ_house.3.jsonl')).then(
      ({ size }) => size > 0,
      () => false,
    );
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'timer' && (await hasThirdPart())) child.kill('SIGKILL');
  }
  return folder();
}

const plainParts = async (folder: string): Promise<string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map((name) => join(folder, name));

const lastPart = async (folder: string): Promise<string> =>
  (await plainParts(folder)).at(-1) ?? 'no part';

const timeOf = (lines: readonly FileLine[]): number =>
  lines.findLast((line) => 't' in line)?.t ?? 0;

/** Goes on with the log of a house in its files, after 3 s in which nobody saw it, until it has closed. */
async function goOn(path: string) {
  const { startedAt } = await readHead(path);
  const before = (await readWholeLog(path)).filter((line) => line.kind !== 'torn');
  const clock = new VirtualClock(startedAt + timeOf(before) + 3_000);
  const logs = new EventLogs({
    directory: await temporaryFolder(),
    clock,
    maxBytes: 1e9,
    maxAgeMs: 1e9,
    onProblem: throwProblem,
  });
  const log = await logs.goOn(path);
  const { root } = await resume({
    log: readTail(path),
    machine: simulatedHouse(clock, seededRandom(2)),
    clock,
    write: log.write,
    onProblem: throwProblem,
  });
  clock.advanceBy(5_000);
  root.send({ type: 'house.lock' });
  clock.advanceBy(houseConfig.closingMs);
  await log.close();
  await logs.close();
  return { before, after: await readWholeLog(path) };
}

const leaveAsItIs = () => Promise.resolve();

const tearLastLine = async (folder: string) => appendFile(await lastPart(folder), '{"kind":"inp');

const tearHeadOfNextPart = async (folder: string) => {
  const last = await lastPart(folder);
  const next = last.replace(/\d+(?=\.jsonl$)/, (part) => `${Number(part) + 1}`);
  await writeFile(next, (await readFile(last, 'utf8')).slice(0, 50));
};

it('[RSM-7] goes on in the files of a log that a killed process wrote, whatever is torn at its end', async () => {
  const killed = await killedHouse();
  expect((await readdir(killed)).filter((name) => name.endsWith('.br'))).not.toEqual([]);
  for (const damage of [leaveAsItIs, tearLastLine, tearHeadOfNextPart]) {
    const folder = await temporaryFolder();
    await cp(killed, folder, { recursive: true });
    await damage(folder);
    const path = join(folder, 'AJ_house.1.jsonl');
    const { before, after } = await goOn(path);

    expect(await readdir(folder)).toContain('AJ_house.4.jsonl');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.at(before.length)).toMatchObject({ kind: 'checkpoint' });
    expect(after.length).toBeGreaterThan(before.length + 50);
    const { divergence, ending, root } = await replay(readLog(path), houseMachine);
    expect({ divergence, ending }).toEqual({ divergence: undefined, ending: 'closed' });
    expect(root.getSnapshot()).toMatchObject({ status: 'done' });
  }
}, 30_000);
