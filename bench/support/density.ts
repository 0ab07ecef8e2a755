/** Brings up one kind of load and reads what it costs for each of its units. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cpuBetween,
  readCpu,
  readMemory,
  type CpuSeconds,
  type MemoryBytes,
} from './process-figures.ts';
import type { Member } from './crowd.ts';
import { onGround, say, type Ground } from './stage.ts';
import { reaches } from './until.ts';

/** After the start, when all participants are in, and after the first unit: until caches are warm. See README. */
const REST_MS = 8_000;
/** So many are asked for at once, and again where they were lost: a busy worker takes no jobs for a moment. */
const BATCH = 10;
const TRIES = 3;
const SERVE_LIMIT_MS = 30_000;
const SERVE_POLL_MS = 250;
const WARM_UP_MS = 10_000;

/** A running agent framework. */
export type Contestant = {
  /** All of its processes. */
  pids(): readonly number[];
  /** Asks for those who are to serve this person, or the room of this person, and do not yet. */
  dispatch(member: Member): Promise<unknown>;
  /** Whom, or whose rooms, it serves as they should be served. */
  isServed(): Promise<(member: Member) => boolean>;
  /** Of the main thread, over 10 s; undefined where it does not tell. */
  eventLoopP99Ms(): Promise<number | undefined>;
  /** Of JavaScript; undefined where it does not tell. */
  heapBytes(): Promise<number | undefined>;
  /** Has it let go of its garbage; undefined where it cannot be asked to. */
  readonly collect: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
};

export type Load = {
  readonly rooms: number;
  readonly peopleInRoom: number;
  /** So many of them talk without a pause, the others are silent. */
  readonly talkersInRoom: number;
  /** What the figures are for: everybody, or a room. */
  readonly unit: 'talker' | 'room';
  start(ground: Ground, units: number): Promise<Contestant>;
};

export type Measured = {
  readonly units: number;
  readonly served: number;
  readonly tookS: number;
  /** CPU seconds in that time. */
  readonly cpu: CpuSeconds;
  readonly serverCpu: CpuSeconds;
  readonly crowdCpu: CpuSeconds;
  readonly eventLoopP99Ms: number | undefined;
  readonly memory: {
    readonly idle: MemorySample;
    readonly one: MemorySample;
    readonly all: MemorySample;
  };
};

export type MemorySample = MemoryBytes & {
  readonly heap: number | undefined;
  /** After a collection: without what only waits to be collected, which comes and goes by chance. */
  readonly heldRss: number | undefined;
};

/** On a server of its own. */
export const measureDensity = (load: Load, sampleMs: number): Promise<Measured> =>
  onGround({}, async (ground) => {
    const people = Array.from({ length: load.rooms }, (_, room) =>
      Array.from({ length: load.peopleInRoom }, (__, i) => ({
        room: `density-${room}`,
        identity: `person-${i}`,
      })),
    );
    say(`${load.rooms * load.peopleInRoom} participants enter ${load.rooms} rooms`);
    for (const person of people.flatMap((all) => all.slice(0, load.talkersInRoom))) {
      await ground.crowd.enterTalking(person);
    }
    for (const person of people.flatMap((all) => all.slice(load.talkersInRoom))) {
      await ground.crowd.enterSilently(person);
    }
    const units = load.unit === 'talker' ? people.flat() : people.flatMap(([first]) => first ?? []);
    const contestant = await load.start(ground, units.length);
    try {
      await sleep(REST_MS);
      return await measure(ground, load, contestant, units, sampleMs);
    } finally {
      await contestant.stop();
    }
  });

async function measure(
  ground: Ground,
  load: Load,
  contestant: Contestant,
  units: readonly Member[],
  sampleMs: number,
): Promise<Measured> {
  const sampleMemory = async (): Promise<MemorySample> => {
    const found = { ...sumMemory(contestant.pids()), heap: await contestant.heapBytes() };
    await contestant.collect?.();
    return { ...found, heldRss: contestant.collect && sumMemory(contestant.pids()).rss };
  };
  const findUnserved = async (members: readonly Member[]): Promise<readonly Member[]> => {
    const isServed = await contestant.isServed();
    return members.filter((member) => !isServed(member));
  };
  const bring = async (members: readonly Member[]): Promise<void> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      for (const member of await findUnserved(members)) await contestant.dispatch(member);
      const areServed = async (): Promise<boolean> => (await findUnserved(members)).length === 0;
      if (await reaches(SERVE_LIMIT_MS, areServed, SERVE_POLL_MS)) return;
    }
  };
  const idle = await sampleMemory();
  say(`the first ${load.unit} is served`);
  await bring(units.slice(0, 1));
  await sleep(REST_MS);
  const one = await sampleMemory();
  say(`all ${units.length} are served`);
  for (let next = 1; next < units.length; next += BATCH) {
    await bring(units.slice(next, next + BATCH));
  }
  await sleep(WARM_UP_MS);

  say(`sampling for ${(sampleMs / 1000).toFixed(0)} s`);
  const readAll = (): Readonly<Record<'cpu' | 'serverCpu' | 'crowdCpu', CpuSeconds>> => ({
    cpu: sumCpu(contestant.pids()),
    serverCpu: readCpu(ground.server.pid),
    crowdCpu: readCpu(ground.crowd.pid),
  });
  const before = readAll();
  const startedAtMs = performance.now();
  await sleep(sampleMs);
  const after = readAll();
  return {
    units: units.length,
    tookS: (performance.now() - startedAtMs) / 1000,
    cpu: cpuBetween(before.cpu, after.cpu),
    serverCpu: cpuBetween(before.serverCpu, after.serverCpu),
    crowdCpu: cpuBetween(before.crowdCpu, after.crowdCpu),
    eventLoopP99Ms: await contestant.eventLoopP99Ms(),
    memory: { idle, one, all: await sampleMemory() },
    served: units.length - (await findUnserved(units)).length,
  };
}

/** The main thread is the first process's. */
function sumCpu(pids: readonly number[]): CpuSeconds {
  const figures = pids.map(readCpu);
  return {
    all: figures.reduce((sum, { all }) => sum + all, 0),
    mainThread: figures[0]?.mainThread ?? NaN,
  };
}

function sumMemory(pids: readonly number[]): MemoryBytes {
  const figures = pids.map(readMemory);
  return {
    rss: figures.reduce((sum, { rss }) => sum + rss, 0),
    pss: figures.reduce((sum, { pss }) => sum + pss, 0),
  };
}
