/** One room of a real server that very many enter, without media, and its room-analytics. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchWorker } from './bench-worker.ts';
import { startCrowd, type Crowd, type Member } from './crowd.ts';
import { cpuBetween, readCpu, readMemory, type CpuSeconds } from './process-figures.ts';
import { onStage, say, type Stage } from './stage.ts';
import { reaches, until } from './until.ts';

const AGENT = 'room-analytics';
const ROOM = 'full-house';
/** Each enters one after the other: so many at once. */
const CROWDS = 4;
const READY_LIMIT_MS = 30_000;
const SEEN_LIMIT_MS = 30_000;
const SEEN_POLL_MS = 50;
/** The event loop's lag is that of the last 10 s. */
const SAMPLE_MS = 10_000;

export type Stretch = {
  readonly tookS: number;
  readonly cpu: CpuSeconds;
  readonly serverCpu: CpuSeconds;
  readonly eventLoopP99Ms: number;
};

export type FullHouse = {
  readonly people: number;
  /** All enter, as fast as they can. */
  readonly entering: Stretch;
  /** From the last one's being inside until all are counted; undefined where they never were. */
  readonly countedAfterMs: number | undefined;
  /** Of it, from the moment at which the server told of the last ones: at most so long, for it is asked for every 50 ms. */
  readonly countingMs: number | undefined;
  readonly resting: Stretch;
  /** A tenth of them leaves and comes back. */
  readonly changing: Stretch;
  readonly changed: number;
  /** As counted at the end. */
  readonly joins: number;
  readonly leaves: number;
  /** Of the worker with one participant and with all, garbage collected, in bytes. */
  readonly rss: { readonly one: number; readonly all: number };
};

export const measureFullHouse = (
  people: number,
  cpuProfDir: string | undefined,
): Promise<FullHouse> =>
  onStage({ maxJobs: 1, agents: [AGENT], cpuProfDir }, async (stage) => {
    const crowds = await Promise.all(
      Array.from({ length: CROWDS }, () => startCrowd(stage.server)),
    );
    try {
      return await fillHouse(stage, crowds, people);
    } finally {
      await Promise.all(crowds.map((crowd) => crowd.kill()));
    }
  });

async function fillHouse(
  stage: Stage,
  crowds: readonly Crowd[],
  people: number,
): Promise<FullHouse> {
  const { worker } = stage;
  const members = Array.from({ length: people }, (_, number): Member => {
    return { room: ROOM, identity: `guest-${number}` };
  });
  const first = members.slice(0, 1);
  await enter(crowds, first);
  await stage.dispatchAgent(ROOM, AGENT, {});
  await until(READY_LIMIT_MS, async () => (await figuresOf(worker))?.participants === 1);
  await sleep(SAMPLE_MS);
  await worker.collect();
  const one = readMemory(worker.pid).rss;

  say(`${people} participants enter one room`);
  let [countedAfterMs, countingMs]: (number | undefined)[] = [];
  const entering = await measureStretch(stage, async () => {
    await enter(crowds, members.slice(1));
    const startedAt = performance.now();
    const before = (await figuresOf(worker))?.participants;
    let untoldAt = startedAt;
    const areCounted = async (): Promise<boolean> => {
      const askedAt = performance.now();
      const participants = (await figuresOf(worker))?.participants;
      if (participants === before) untoldAt = askedAt;
      return participants === people;
    };
    if (await reaches(SEEN_LIMIT_MS, areCounted, SEEN_POLL_MS)) {
      const now = performance.now();
      [countedAfterMs, countingMs] = [now - startedAt, now - untoldAt];
    }
  });
  await sleep(SAMPLE_MS);
  say('all are inside');
  const resting = await measureStretch(stage, () => sleep(SAMPLE_MS));
  await worker.collect();
  const all = readMemory(worker.pid).rss;

  say('a tenth of them leaves and comes back');
  const some = members.slice(0, Math.ceil(people / 10));
  const changing = await measureStretch(stage, async () => {
    await perform(crowds, some, (crowd, member) => crowd.leave(member));
    await enter(crowds, some);
    await reaches(
      SEEN_LIMIT_MS,
      async () => (await figuresOf(worker))?.joins === people + some.length,
      SEEN_POLL_MS,
    );
  });
  const { joins = NaN, leaves = NaN } = (await figuresOf(worker)) ?? {};
  return {
    ...{ people, entering, countedAfterMs, countingMs, resting, changing },
    ...{ changed: some.length, joins, leaves, rss: { one, all } },
  };
}

const enter = (crowds: readonly Crowd[], members: readonly Member[]): Promise<void> =>
  perform(crowds, members, (crowd, member) => crowd.enterSilently(member));

/** Side by side in the crowds, one by one in each. */
async function perform(
  crowds: readonly Crowd[],
  members: readonly Member[],
  act: (crowd: Crowd, member: Member) => Promise<void>,
): Promise<void> {
  await Promise.all(
    crowds.map(async (crowd, place) => {
      for (const member of members) {
        const number = Number(member.identity.split('-')[1]);
        if (number % crowds.length === place) await act(crowd, member);
      }
    }),
  );
}

const figuresOf = async (worker: BenchWorker) => (await worker.sessions())[0]?.figures;

async function measureStretch(
  { worker, server }: Stage,
  act: () => Promise<unknown>,
): Promise<Stretch> {
  const startedAt = performance.now();
  const before = { cpu: readCpu(worker.pid), serverCpu: readCpu(server.pid) };
  await act();
  const after = { cpu: readCpu(worker.pid), serverCpu: readCpu(server.pid) };
  return {
    tookS: (performance.now() - startedAt) / 1_000,
    cpu: cpuBetween(before.cpu, after.cpu),
    serverCpu: cpuBetween(before.serverCpu, after.serverCpu),
    eventLoopP99Ms: (await worker.metric('greenroom_event_loop_lag_p99_seconds')) * 1_000,
  };
}
