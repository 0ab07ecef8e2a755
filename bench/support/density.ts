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
const TAKE_LIMIT_MS = 5_000;
const SERVE_LIMIT_MS = 30_000;
const POLL_MS = 1_000;
const WARM_UP_MS = 10_000;

/** A running agent framework. */
export type Contestant = {
  /** All of its processes. */
  pids(): readonly number[];
  /** How many jobs it has: little to ask for, again and again. */
  jobCount(): Promise<number>;
  /** What all of its sessions do. The answer takes memory of what is measured: ask seldom. */
  look(): Promise<Look>;
  /** Of the main thread, over 10 s; undefined where it does not tell. */
  eventLoopP99Ms(): Promise<number | undefined>;
  /** Of JavaScript; undefined where it does not tell. */
  heapBytes(): Promise<number | undefined>;
  /** Has it let go of its garbage; undefined where it cannot be asked to. */
  readonly collect: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
};

/** How far a contestant serves everybody at one moment. */
type Look = {
  /** Whether it serves this person, or the room of this person, as it should. */
  isServed(member: Member): boolean;
  /** Asks for those who are to do so and did not. */
  dispatch(member: Member): Promise<unknown>;
};

export type Load = {
  readonly rooms: number;
  readonly peopleInRoom: number;
  /** So many of them talk without a pause, the others are silent. */
  readonly talkersInRoom: number;
  /** What the figures are for: everybody, or a room. */
  readonly unit: 'talker' | 'room';
  /** So many serve one of them. */
  readonly jobsInUnit: number;
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

/** Twice: as it is, and after a collection, without what only waits for one, which comes and goes by chance. */
export type MemorySample = MemoryBytes & {
  readonly heldRss: number | undefined;
  readonly heldHeap: number | undefined;
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
    const found = sumMemory(contestant.pids());
    await contestant.collect?.();
    const heldRss = contestant.collect && sumMemory(contestant.pids()).rss;
    return { ...found, heldRss, heldHeap: await contestant.heapBytes() };
  };
  const countServed = async (members: readonly Member[]): Promise<number> => {
    const { isServed } = await contestant.look();
    return members.filter(isServed).length;
  };
  const bring = async (members: readonly Member[]): Promise<void> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { isServed, dispatch } = await contestant.look();
      const missing = members.filter((member) => !isServed(member));
      for (let next = 0; next < missing.length; next += BATCH) {
        const batch = missing.slice(next, next + BATCH);
        for (const member of batch) await dispatch(member);
        const taken = members.length - missing.length + next + batch.length;
        const areTaken = async (): Promise<boolean> =>
          (await contestant.jobCount()) >= taken * load.jobsInUnit;
        await sleep(POLL_MS);
        await reaches(TAKE_LIMIT_MS, areTaken, POLL_MS);
      }
      const areServed = async (): Promise<boolean> =>
        (await countServed(members)) === members.length;
      if (await reaches(SERVE_LIMIT_MS, areServed, POLL_MS)) return;
    }
  };
  const idle = await sampleMemory();
  say(`the first ${load.unit} is served`);
  await bring(units.slice(0, 1));
  await sleep(REST_MS);
  const one = await sampleMemory();
  say(`all ${units.length} are served`);
  await bring(units);
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
    served: await countServed(units),
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
