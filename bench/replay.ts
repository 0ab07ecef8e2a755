/** How fast a log is replayed and compared, resumed, how much memory that takes, and how large a log is. */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import { participantMonitor } from '../src/agents/participant-monitor.agent.ts';
import { JobMachines } from '../src/io/compose/job-machines.ts';
import { jobMachineOf } from '../src/io/compose/log-machines.ts';
import { EventLogs } from '../src/io/event-log/event-logs.ts';
import { readLog } from '../src/io/event-log/reader.ts';
import { CHECKPOINT_EVERY_MS } from '../src/io/event-log/recorder.ts';
import { replay } from '../src/io/replay/replayer.ts';
import { VirtualClock } from '../src/io/virtual-clock.ts';
import { T0 } from '../test/support/session-facts.ts';
import { LongSession, WINDOWS_PER_MINUTE } from './support/long-session.ts';
import { throwProblem } from '../test/support/played-job.ts';
import { quantile } from './support/quantiles.ts';
import { measureMemory, type MemorySample } from './support/replay-memory.ts';
import { timeResume, type TimedResume } from './support/resumed-job.ts';
import { readFacts, report, show } from './support/results.ts';
import { readSize, scaled } from './support/size.ts';
import { say } from './support/stage.ts';
import { playAsRecorded, playByClock, readCues, type Cues } from './support/unwatched-tree.ts';

const ROUNDS = 15;
const WARM_UP_ROUNDS = 3;
const SHORT_MINUTES = 30;
/** Some million lines. */
const LONG_MINUTES = 750;
/** When the session of the long log breaks off, once right behind a checkpoint and once right before the next. */
const BREAK_MINUTES = 240;
const CHECKPOINT_MINUTES = CHECKPOINT_EVERY_MS / 60_000;
const RESUME_ROUNDS = 5;
const RESUME_GOAL_MS = 1_000;
const NO_LIMIT = 1e12;
const MEGABYTE = 1e6;
/** Between 10 and 100 % of the log: what is compiled and cached on the way, and chance. */
const FLAT_MB = 3;
/** More virtual time than the writer lets pass between two writes. */
const BREAK_WINDOWS = 10;
/** For the write that is under way. */
const SETTLE_MS = 200;
/** So that the writer gets to the disk. */
const STEPS_PER_REST = 100;

const { values } = parseArgs({ options: { size: { type: 'string', default: '1' } } });
const size = readSize(values.size);
const rounds = scaled(ROUNDS, size, 3);
const machine = jobMachineOf(participantMonitor);
const exact = { overdueToleranceMs: 0 };

const machineFacts = readFacts('no server');
const directory = await mkdtemp(join(tmpdir(), 'greenroom-bench-'));
try {
  const shortMinutes = scaled(SHORT_MINUTES, size, 2);
  say(`a session of ${shortMinutes} minutes`);
  const short = await record('short', shortMinutes);
  const cues = await readCues(readLog(short));
  say(`${rounds} rounds of each way`);
  const speeds = await measureSpeeds(short, cues);
  const longMinutes = scaled(LONG_MINUTES, size, 2 * CHECKPOINT_MINUTES + 1);
  const breakMinutes = size === 1 ? BREAK_MINUTES : CHECKPOINT_MINUTES;
  const breaks = {
    'right behind a checkpoint': breakMinutes * WINDOWS_PER_MINUTE + BREAK_WINDOWS,
    'right before the next':
      (breakMinutes + CHECKPOINT_MINUTES) * WINDOWS_PER_MINUTE - BREAK_WINDOWS,
  };
  say(`a session of ${longMinutes} minutes`);
  const long = await record('long', longMinutes, breaks);
  say(`resumes after ${breakMinutes} minutes`);
  const resumes = await measureResumes(breaks);
  say('memory');
  const memory = await measureMemory(long, machine);

  (size === 1 ? report : show)(
    {
      title: 'replay',
      command: 'npm run bench:replay',
      tables: [
        speedTable(speeds, cues.cues.length),
        resumeTable(resumes, breakMinutes),
        memoryTable(memory.samples),
        await sizeTable(short, shortMinutes),
      ],
      notes: [
        'One session with a microphone, a camera and a shared screen: 10 windows and 2 samples of statistics a second, speech every other three seconds. A stimulus is what a port says or a timer that fires, with all that follows from it.',
        'CPU time of all threads, median of the rounds, taken in turn in one process. Not watched: the same actors on the same virtual clock, their stimuli from memory. Plain XState: the same, and its own SimulatedClock fires the timers.',
        'By its profile a sixth of a compared replay is reading, recording and comparing, a seventh collecting garbage, the rest XState and the machines: that is more than they take unwatched, and where the goal is lost.',
        'Resume: from the first look at the files until the actors go on, the machine made anew; wall time, median of five. The log is that of one process that is killed; what came since the last checkpoint is run again.',
        `Memory while a log of ${memory.lines} lines is replayed from its files, each time after a collection. Flat: the heap at the end is at most ${FLAT_MB} MB over that at 10 %.`,
        'What recording costs a worker at 75 tracks stands under events.',
      ],
    },
    machineFacts,
  );
} finally {
  await rm(directory, { recursive: true });
}

/**
 * @param breaks a copy of the folder as a process leaves it that is killed then, by its name; in windows.
 * @returns the path of its first part.
 */
async function record(
  name: string,
  minutes: number,
  breaks: Readonly<Record<string, number>> = {},
): Promise<string> {
  const clock = new VirtualClock(T0);
  const logs = new EventLogs({
    directory: join(directory, name),
    clock,
    maxBytes: NO_LIMIT,
    maxAgeMs: NO_LIMIT,
    onProblem: throwProblem,
  });
  const session = new LongSession({ machines: new JobMachines(), clock, logs });
  for (let step = 0; step < minutes * WINDOWS_PER_MINUTE; step += 1) {
    session.step();
    if (step % STEPS_PER_REST === 0) await nextTurn();
    for (const [copy, window] of Object.entries(breaks)) {
      if (window !== step + 1) continue;
      await sleep(SETTLE_MS);
      await cp(join(directory, name), join(directory, copy), { recursive: true });
    }
  }
  await session.job.close();
  await logs.close();
  const [first] = await partsOf(join(directory, name));
  if (first === undefined) throw new Error(`no log of ${name}`);
  return first;
}

async function partsOf(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.includes('.jsonl'))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => join(folder, name));
}

type Speeds = Readonly<Record<'replayed' | 'unwatched' | 'plain', number[]>>;

async function measureSpeeds(path: string, cues: Cues): Promise<Speeds> {
  const speeds: Speeds = { unwatched: [], replayed: [], plain: [] };
  const ways = {
    unwatched: () => void playAsRecorded(machine, cues),
    replayed: () => replayWhole(path),
    plain: () => void playByClock(machine, cues),
  };
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
    for (const way of ['unwatched', 'replayed', 'plain'] as const) {
      const before = process.cpuUsage();
      await ways[way]();
      const { user, system } = process.cpuUsage(before);
      if (round >= WARM_UP_ROUNDS) speeds[way].push(user + system);
    }
  }
  return speeds;
}

async function replayWhole(path: string): Promise<void> {
  const { divergence } = await replay(readLog(path), machine, exact);
  if (divergence) throw new Error(`${path}: ${JSON.stringify(divergence)}`);
}

function speedTable({ unwatched, replayed, plain }: Speeds, stimuli: number) {
  const row = (name: string, costs: readonly number[], goal: string): string[] => {
    const ratio = costs.map((cost, round) => (unwatched[round] ?? NaN) / cost);
    const usEach = quantile(costs, 0.5) / stimuli;
    const perSecond = (1e6 / usEach).toFixed(0);
    return [name, perSecond, usEach.toFixed(2), quantile(ratio, 0.5).toFixed(2), goal];
  };
  return {
    head: ['way', 'stimuli/s', 'us a stimulus', 'of not watched', 'goal'],
    rows: [
      row('not watched', unwatched, ''),
      row('replayed from file and compared', replayed, '0.90'),
      row('plain XState with its simulated clock', plain, ''),
    ],
  };
}

async function measureResumes(breaks: Readonly<Record<string, number>>) {
  const resumes: { readonly name: string; readonly rounds: readonly TimedResume[] }[] = [];
  for (const [name, window] of Object.entries(breaks)) {
    const [first] = await partsOf(join(directory, name));
    if (first === undefined) throw new Error(`no log that broke off ${name}`);
    const rounds: TimedResume[] = [];
    for (let round = 0; round < RESUME_ROUNDS; round += 1) {
      rounds.push(await timeResume(first, T0 + (window / WINDOWS_PER_MINUTE) * 60_000));
    }
    resumes.push({ name, rounds });
  }
  return resumes;
}

function resumeTable(resumes: Awaited<ReturnType<typeof measureResumes>>, minutes: number) {
  return {
    head: [`resume after ${minutes} minutes`, 'run again', 'until it goes on', 'goal'],
    rows: resumes.map(({ name, rounds }) => [
      name,
      `${rounds[0]?.stimuli ?? 0} stimuli`,
      `${quantile(
        rounds.map(({ ms }) => ms),
        0.5,
      ).toFixed(0)} ms`,
      `${RESUME_GOAL_MS} ms`,
    ]),
  };
}

function memoryTable(samples: readonly MemorySample[]) {
  const growth = ((samples.at(-1)?.heap ?? NaN) - (samples[0]?.heap ?? NaN)) / MEGABYTE;
  return {
    head: ['of the log', 'RSS', 'JavaScript heap', 'goal'],
    rows: [
      ...samples.map(({ share, rss, heap }) => [
        `${(share * 100).toFixed(0)} %`,
        `${(rss / MEGABYTE).toFixed(0)} MB`,
        `${(heap / MEGABYTE).toFixed(1)} MB`,
        '',
      ]),
      [growth <= FLAT_MB ? 'flat' : 'grows', '', `${growth.toFixed(1)} MB`, `${FLAT_MB} MB`],
    ],
  };
}

async function sizeTable(path: string, minutes: number) {
  const parts = await Promise.all((await partsOf(join(path, '..'))).map((part) => readFile(part)));
  const plain = parts.reduce((sum, part) => sum + part.length, 0);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1 };
  const packed = parts.reduce((sum, part) => sum + brotliCompressSync(part, { params }).length, 0);
  const row = (name: string, bytes: number, goal: string): string[] => [
    name,
    `${(bytes / minutes / 1_000).toFixed(1)} kB`,
    goal,
  ];
  return {
    head: ['log with three tracks', 'a minute', 'goal'],
    rows: [row('plain', plain, ''), row('packed (brotli, quality 1)', packed, '15 kB')],
  };
}
