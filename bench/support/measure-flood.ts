/** Rooms with agents, before somebody in one more room floods it with data messages, and meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import type { BenchWorker } from './bench-worker.ts';
import { startCrowd, type Crowd, type Received } from './crowd.ts';
import {
  cpuBetween,
  readCpu,
  readMainThreadWait,
  readMemory,
  type CpuSeconds,
} from './process-figures.ts';
import { onStage, say, type Stage } from './stage.ts';
import { until } from './until.ts';

const AGENTS = ['room-analytics', 'conversation-monitor'] as const;
const FLOODED = 'flooded';
const PROBED = 'calm-0';
const FLOODER = { room: FLOODED, identity: 'flooder' };
const FLOOD_TEXT = '{"type":"flood"}';
const READY_LIMIT_MS = 60_000;
/** The event loop's lag is that of the last 10 s. */
const REST_MS = 10_000;
/** What was sent at the end of a phase comes in this time or not at all. */
const LAST_MESSAGE_MS = 2_000;
const MESSAGE_EVERY_MS = 100;

export type Phase = {
  readonly tookS: number;
  readonly cpu: CpuSeconds;
  /** Seconds for which its main thread had no core. */
  readonly waitedS: number;
  readonly serverCpu: CpuSeconds;
  readonly flooderCpu: CpuSeconds;
  readonly eventLoopP99Ms: number;
  /** Messages of the flooder that came to the worker, and those that came to its agents. */
  readonly gotHz: number;
  readonly throughHz: number;
  /** Of messages in another room; undefined where one did not come. */
  readonly delaysMs: readonly (number | undefined)[];
};

export type FloodFigures = {
  readonly calm: Phase;
  readonly flood: Phase;
  /** Of the worker, in bytes. */
  readonly heldRss: { readonly before: number; readonly after: number };
};

export type FloodOptions = {
  readonly rooms: number;
  /** Messages a second. */
  readonly floodHz: number;
  readonly phaseMs: number;
};

export const measureFlood = (
  { rooms, floodHz, phaseMs }: FloodOptions,
  cpuProfDir: string | undefined,
): Promise<FloodFigures> =>
  onStage({ maxJobs: (rooms + 1) * AGENTS.length, agents: AGENTS, cpuProfDir }, async (stage) => {
    const received: Received[] = [];
    const crowd = await startCrowd(stage.server, { onData: (each) => received.push(each) });
    const speaker = await SyntheticParticipant.start({
      ...stage.server,
      room: PROBED,
      identity: 'speaker',
    });
    try {
      say(`${rooms} rooms, and one to flood`);
      await enterRooms(stage, crowd, rooms);
      const probe = new Probe(speaker, received);
      await sleep(REST_MS);
      const before = await heldRssOf(stage.worker);
      say('before the flood');
      const calm = await measurePhase(stage, probe, undefined, phaseMs);
      const flooder = await startCrowd(stage.server);
      try {
        say('the flood');
        await flooder.enterSilently(FLOODER);
        await flooder.flood(FLOODER, FLOOD_TEXT, floodHz);
        await until(READY_LIMIT_MS, async () => (await countsOf(stage.worker)).throttled > 0);
        const flood = await measurePhase(stage, probe, flooder.pid, phaseMs);
        await flooder.leave(FLOODER);
        await sleep(REST_MS);
        return { calm, flood, heldRss: { before, after: await heldRssOf(stage.worker) } };
      } finally {
        await flooder.kill();
      }
    } finally {
      await speaker.leave();
      await crowd.kill();
    }
  });

/** Each agent of the flooded room gets all of the flood: one is enough. */
const agentsOf = (room: string): readonly string[] =>
  room === FLOODED ? AGENTS.slice(0, 1) : AGENTS;

async function enterRooms(
  { worker, dispatchAgent }: Stage,
  crowd: Crowd,
  rooms: number,
): Promise<void> {
  const calm = Array.from({ length: rooms }, (_, number) => `calm-${number}`);
  for (const room of calm) await crowd.enterSilently({ room, identity: 'listener' });
  // Nobody but agents hears the flood: a listener would take part of the machine for it.
  const names = [FLOODED, ...calm];
  for (const room of names) {
    for (const agent of agentsOf(room)) await dispatchAgent(room, agent, {});
  }
  await until(READY_LIMIT_MS, async () => {
    const states = (await worker.sessions()).map(({ state }) => state);
    const isInside = (state: string): boolean => state === 'watching' || state === 'following';
    return states.filter(isInside).length === names.flatMap(agentsOf).length;
  });
}

/** Says something in a calm room, and looks when the item of it comes to the listener there. */
class Probe {
  readonly #speaker: SyntheticParticipant;
  readonly #received: readonly Received[];
  #said = 0;

  constructor(speaker: SyntheticParticipant, received: readonly Received[]) {
    this.#speaker = speaker;
    this.#received = received;
  }

  /** @returns milliseconds for each; undefined where it did not come. */
  async sayFor(durationMs: number): Promise<readonly (number | undefined)[]> {
    const first = this.#said;
    const sentAt: number[] = [];
    const endsAt = performance.now() + durationMs;
    while (performance.now() < endsAt) {
      sentAt.push(performance.timeOrigin + performance.now());
      const line = new TextEncoder().encode(lineOf(this.#said));
      this.#said += 1;
      await this.#speaker.sendData('transcription', line);
      await sleep(MESSAGE_EVERY_MS);
    }
    await sleep(LAST_MESSAGE_MS);
    const cameAt = new Map(this.#received.map(({ text, atMs }) => [contentOf(text), atMs]));
    return sentAt.map((at, index) => {
      const came = cameAt.get(lineOf(first + index));
      return came === undefined ? undefined : came - at;
    });
  }
}

const lineOf = (number: number): string => `line ${number}`;

/** The participant hears the line itself too, which is no item. */
function contentOf(text: string): string | undefined {
  return text.startsWith('{')
    ? (JSON.parse(text) as { readonly content?: string }).content
    : undefined;
}

async function measurePhase(
  { worker, server }: Stage,
  probe: Probe,
  flooderPid: number | undefined,
  phaseMs: number,
): Promise<Phase> {
  const read = async () => ({
    counts: await countsOf(worker),
    cpu: readCpu(worker.pid),
    waitedS: readMainThreadWait(worker.pid),
    serverCpu: readCpu(server.pid),
    flooderCpu: flooderPid === undefined ? { all: 0, mainThread: 0 } : readCpu(flooderPid),
    atMs: performance.now(),
  });
  const before = await read();
  const delaysMs = await probe.sayFor(phaseMs);
  const after = await read();
  const tookS = (after.atMs - before.atMs) / 1_000;
  return {
    tookS,
    cpu: cpuBetween(before.cpu, after.cpu),
    waitedS: after.waitedS - before.waitedS,
    serverCpu: cpuBetween(before.serverCpu, after.serverCpu),
    flooderCpu: cpuBetween(before.flooderCpu, after.flooderCpu),
    eventLoopP99Ms: (await worker.metric('greenroom_event_loop_lag_p99_seconds')) * 1_000,
    gotHz: (after.counts.all - before.counts.all) / tookS,
    throughHz:
      (after.counts.all - after.counts.throttled - before.counts.all + before.counts.throttled) /
      tookS,
    delaysMs,
  };
}

/** What room-analytics counted in the flooded room. */
async function countsOf(
  worker: BenchWorker,
): Promise<{ readonly all: number; readonly throttled: number }> {
  const session = (await worker.sessions()).find(
    ({ agent, room }) => agent === 'room-analytics' && room === FLOODED,
  );
  return { all: session?.figures?.messages ?? NaN, throttled: session?.messagesThrottled ?? NaN };
}

async function heldRssOf(worker: BenchWorker): Promise<number> {
  await worker.collect();
  return readMemory(worker.pid).rss;
}
