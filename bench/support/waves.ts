/** Waves of dispatches, each into a room of its own with one silent participant. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RoomServiceClient } from 'livekit-server-sdk';
import type { Arrivals } from './arrivals.ts';
import { say, type Ground } from './stage.ts';
import { until } from './until.ts';

/** Whoever has not joined by then is lost. */
export const LOST_AFTER_MS = 60_000;
/**
 * After the last participant came. Without it the server's offers come about 1.4 s late, probably
 * because it still looks for an automatic agent for everybody who entered, in the same 50 places in
 * which it starts jobs.
 */
const SERVER_REST_MS = 8_000;
/** Between two that are dispatched one by one: a framework with a process for each job has its next one warm then. */
const PAUSE_MS = 1_500;
const IDLE_LIMIT_MS = 60_000;

export const IDENTITY = 'alice';

export type Wave = {
  readonly title: string;
  readonly count: number;
  /** All at once, or each after the one before has joined. */
  readonly atOnce: boolean;
};

/** Who is asked for agents. */
export type Contestant = {
  readonly name: string;
  /** @returns the id of the dispatch. */
  dispatch(room: string): Promise<string>;
  /** Whether it has let go of all its jobs. */
  isIdle(): Promise<boolean>;
};

export type Join = {
  readonly dispatchId: string;
  /** When createDispatch was called, epoch milliseconds. */
  readonly calledAt: number;
  /** From the call until the agent was in the room; undefined where it was lost. */
  readonly joinedMs: number | undefined;
};

/** Afterwards the rooms are gone and the contestant is idle. */
export async function runWave(
  ground: Ground,
  arrivals: Arrivals,
  contestant: Contestant,
  { title, count, atOnce }: Wave,
): Promise<readonly Join[]> {
  say(`${contestant.name}: ${title}`);
  const rooms = Array.from({ length: count }, () => `bench-${randomUUID()}`);
  for (const room of rooms) await ground.crowd.enterSilently({ room, identity: IDENTITY });
  await sleep(SERVER_REST_MS);

  const joinOne = (room: string): Promise<Join> => dispatchOne(arrivals, contestant, room);
  const joins: Join[] = [];
  if (atOnce) {
    joins.push(...(await Promise.all(rooms.map(joinOne))));
  } else {
    for (const room of rooms) {
      joins.push(await joinOne(room));
      await sleep(PAUSE_MS);
    }
  }

  const { url, apiKey, apiSecret } = ground.server;
  const service = new RoomServiceClient(url.replace(/^ws/, 'http'), apiKey, apiSecret);
  for (const room of rooms) await service.deleteRoom(room);
  await until(IDLE_LIMIT_MS, () => contestant.isIdle());
  return joins;
}

async function dispatchOne(
  arrivals: Arrivals,
  contestant: Contestant,
  room: string,
): Promise<Join> {
  const calledAtMs = performance.now();
  const dispatchId = await contestant.dispatch(room);
  const arrivedAtMs = await arrivals.agentIn(room, LOST_AFTER_MS);
  return {
    dispatchId,
    calledAt: performance.timeOrigin + calledAtMs,
    joinedMs: arrivedAtMs === undefined ? undefined : arrivedAtMs - calledAtMs,
  };
}
