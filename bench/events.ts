/** What the event log and an inspector cost, and how much memory a session takes. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { JobMachines } from '../src/io/compose/job-machines.ts';
import { EventLogs } from '../src/io/event-log/event-logs.ts';
import { VirtualClock } from '../src/io/virtual-clock.ts';
import { T0 } from '../test/support/session-facts.ts';
import { measureMemory, type Footprint } from './support/actor-memory.ts';
import type { SystemInspector } from '../src/io/inspect/inspected-system.ts';
import { openInspection } from './support/played-inspection.ts';
import { PlayedJob, throwProblem } from '../test/support/played-job.ts';
import { quantile } from './support/quantiles.ts';
import { readFacts, report, show } from './support/results.ts';
import { readSize, scaled } from './support/size.ts';
import { say } from './support/stage.ts';
import {
  STEPS_PER_S,
  TALKERS_PER_ROOM,
  TalkingRooms,
  type StartJob,
} from './support/talking-rooms.ts';

const ROOMS = 25;
const TRACKS = ROOMS * TALKERS_PER_ROOM;
const SLICE_S = 5;
const ROUNDS = 20;
const WARM_UP_ROUNDS = 3;
/** So often the writers get to the disk: ten times in a virtual second. */
const STEPS_PER_REST = STEPS_PER_S / 10;
const NO_LIMIT = 1e12;

const { values } = parseArgs({ options: { size: { type: 'string', default: '1' } } });
const size = readSize(values.size);
const rounds = scaled(ROUNDS, size, 2);

/** The same rooms, watched in one way. */
type Side = {
  readonly clock: VirtualClock;
  readonly rooms: TalkingRooms;
  /** Microseconds of CPU time of all threads, for each slice. */
  readonly costs: number[];
};

const machineFacts = readFacts('no server');
const directory = await mkdtemp(join(tmpdir(), 'greenroom-bench-'));
try {
  say('memory');
  const memory = await measureMemory((clock) => openLogs('memory', clock), startJob);
  say(`${rounds} slices of ${SLICE_S} s for each way of watching`);
  const sides = {
    driver: raise(() => () => undefined),
    bare: raise((clock) => startJob(clock, undefined)),
    logged: raise((clock) => startJob(clock, openLogs('logged', clock))),
    inspected: raise((clock) =>
      startJob(clock, openLogs('inspected', clock), openInspection(clock).inspection),
    ),
    viewed: raise((clock) => {
      const { inspection, attachViewer } = openInspection(clock);
      attachViewer();
      return startJob(clock, openLogs('viewed', clock), inspection);
    }),
  };
  const inTurn = Object.values(sides);
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    for (const side of inTurn) await playSlice(side);
  }
  const factsBefore = sides.bare.rooms.facts;
  for (let round = 0; round < rounds; round += 1) {
    for (const side of inTurn) side.costs.push(await playSlice(side));
  }
  const factsInS = (sides.bare.rooms.facts - factsBefore) / (rounds * SLICE_S);
  for (const job of inTurn.flatMap(({ rooms }) => rooms.jobs)) await job.close();
  const logBytes = await sizeOf(join(directory, 'logged'));

  (size === 1 ? report : show)(
    {
      title: 'events',
      command: 'npm run bench:events',
      tables: [
        watchingTable(sides, factsInS),
        memoryTable(memory),
        {
          head: ['log', 'figure'],
          rows: [
            ['size', `${(logBytes / (sides.logged.rooms.facts || 1)).toFixed(0)} bytes a fact`],
          ],
        },
      ],
      notes: [
        `${TRACKS} jobs of participant-monitor in ${ROOMS} rooms, the machines of src with their ports played on virtual time: 10 windows/s and 2 polls/s a track, speech in turns, ${factsInS.toFixed(0)} facts/s in all. A fact is what a port says, with all that follows from it.`,
        'CPU time of all threads, without what the driver takes alone; median of the slices, taken in turn in one process.',
        'Log: Recorder, writer, a file for each job, all of them written together every 750 ms of virtual time. Inspection: what --inspect attaches, with nobody who looks, and with a viewer of the tree, of one participant and of its room at 30 Hz: all that it is told is encoded and looked through for secrets, and dropped where the socket would be.',
        'A worker with 75 talkers takes 0.73 cores in all (density a): what a viewer takes more than the log must stay under 5 % of it, 3.7 % of a core.',
        'The log goes beyond its goal. Timed part by part on a busier machine, about half of it was checking and encoding lines, a third hearing of the actors, the rest writing 75 files.',
      ],
    },
    machineFacts,
  );
} finally {
  await rm(directory, { recursive: true });
}

function raise(starterOn: (clock: VirtualClock) => StartJob): Side {
  const clock = new VirtualClock(T0);
  return { clock, rooms: new TalkingRooms(clock, ROOMS, starterOn(clock)), costs: [] };
}

function startJob(
  clock: VirtualClock,
  logs: EventLogs | undefined,
  inspector?: SystemInspector,
): StartJob {
  const machines = new JobMachines();
  return (number, identity) => {
    const room = `room-${Math.floor(number / TALKERS_PER_ROOM)}`;
    const inspection = inspector && { inspection: { inspector, room } };
    return new PlayedJob({
      jobId: `AJ_${number}`,
      identity,
      machines,
      clock,
      logs,
      ...inspection,
    });
  };
}

function openLogs(name: string, clock: VirtualClock): EventLogs {
  return new EventLogs({
    directory: join(directory, name),
    clock,
    maxBytes: NO_LIMIT,
    maxAgeMs: NO_LIMIT,
    onProblem: throwProblem,
  });
}

/** @returns microseconds of CPU time of all threads. */
async function playSlice({ rooms }: Side): Promise<number> {
  const before = process.cpuUsage();
  for (let step = 0; step < SLICE_S * STEPS_PER_S; step += 1) {
    rooms.step();
    if (step % STEPS_PER_REST === 0) await sleep(1);
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function watchingTable(
  {
    driver,
    ...watched
  }: Readonly<Record<'driver' | 'bare' | 'logged' | 'inspected' | 'viewed', Side>>,
  factsInS: number,
) {
  const net = (side: Side): number[] =>
    side.costs.map((cost, slice) => cost - (driver.costs[slice] ?? NaN));
  const bare = net(watched.bare);
  const share = (costs: readonly number[]): number => quantile(costs, 0.5) / (SLICE_S * 1e6);
  const row = (name: string, side: Side, goal: string): string[] => {
    const costs = net(side);
    const usEach = quantile(costs, 0.5) / (factsInS * SLICE_S);
    const ratio = quantile(
      costs.map((cost, slice) => cost / (bare[slice] ?? NaN)),
      0.5,
    );
    const more = share(costs) - share(bare);
    return [
      name,
      (1e6 / usEach).toFixed(0),
      usEach.toFixed(2),
      ratio.toFixed(2),
      `${(share(costs) * 100).toFixed(2)} %`,
      `${(more * 100).toFixed(2)} %`,
      goal,
    ];
  };
  return {
    head: [
      'watched by',
      'facts/s',
      'us a fact',
      'of bare',
      `core at ${TRACKS} tracks`,
      'more than bare',
      'goal',
    ],
    rows: [
      row('nobody', watched.bare, ''),
      row('log', watched.logged, ''),
      row('log and inspection', watched.inspected, '0.3 %'),
      row('log, inspection and a viewer', watched.viewed, ''),
    ],
  };
}

function memoryTable(footprints: readonly Footprint[]) {
  return {
    head: ['JavaScript heap', 'each', 'goal'],
    rows: footprints.map(({ what, bytes, goal }) => [
      what,
      `${(bytes / 1_000).toFixed(1)} kB`,
      goal,
    ]),
  };
}

async function findLogs(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('.1.jsonl')).map((name) => join(folder, name));
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await findLogs(folder)).map(async (path) => (await stat(path)).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
