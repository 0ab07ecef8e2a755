/** Rooms that come and go: one guest each, monitored for some seconds, and one of several ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { seededRandom } from '../../src/io/simulated/seeded-random.ts';
import type { JobBook } from './job-book.ts';
import type { Stage } from './stage.ts';
import { reaches } from './until.ts';

type Ending = 'leaves' | 'dispatch_deleted' | 'room_deleted';

export type Guest = {
  readonly room: string;
  readonly identity: string;
  readonly talks: boolean;
  readonly monitoringType: 'full' | 'basic';
  readonly stayMs: number;
  readonly ending: Ending;
  /** After the guest before. */
  readonly comesAfterMs: number;
};

/** What became of a guest's session. */
export type Fate = 'ended' | 'never_joined' | 'never_ended' | 'broke';

const AGENT = 'participant-monitor';
const JOIN_LIMIT_MS = 20_000;
const END_LIMIT_MS = 20_000;
const POLL_MS = 100;
const LEAST_STAY_MS = 5_000;
const MOST_STAY_MS = 15_000;
const endings: readonly Ending[] = ['leaves', 'dispatch_deleted', 'room_deleted'];

/** Guests without end; the same seed gives the same ones. */
export function* guestsOf(seed: number, perMinute: number): Generator<Guest, never> {
  const random = seededRandom(seed, 'guests');
  const meanGapMs = 60_000 / perMinute;
  for (let n = 0; ; n += 1) {
    yield {
      room: `soak-${n}`,
      identity: `guest-${n}`,
      talks: random() < 0.7,
      monitoringType: random() < 0.75 ? 'full' : 'basic',
      stayMs: LEAST_STAY_MS + random() * (MOST_STAY_MS - LEAST_STAY_MS),
      ending: endings[Math.floor(random() * endings.length)] ?? 'leaves',
      comesAfterMs: meanGapMs * (0.5 + random()),
    };
  }
}

export class GuestHouse {
  readonly #stage: Stage;
  readonly #book: JobBook;
  readonly #rooms: RoomServiceClient;
  readonly #dispatches: AgentDispatchClient;

  constructor(stage: Stage, book: JobBook) {
    const { url, apiKey, apiSecret } = stage.server;
    const httpUrl = url.replace(/^ws/, 'http');
    this.#stage = stage;
    this.#book = book;
    this.#rooms = new RoomServiceClient(httpUrl, apiKey, apiSecret);
    this.#dispatches = new AgentDispatchClient(httpUrl, apiKey, apiSecret);
  }

  /** The whole stay of a guest, from entering a new room until leaving it. The server closes it some time later. */
  async receive(guest: Guest): Promise<Fate> {
    const { room, identity, talks, monitoringType, stayMs } = guest;
    const { crowd } = this.#stage;
    const member = { room, identity };
    await (talks ? crowd.enterTalking(member) : crowd.enterSilently(member));
    const dispatchId = await this.#stage.dispatchAgent(room, AGENT, {
      participant_identity: identity,
      monitoring_type: monitoringType,
      end_on_disconnect: true,
    });
    const hasJoined = await reaches(JOIN_LIMIT_MS, () => this.#book.hasJoined(dispatchId), POLL_MS);
    if (hasJoined) await sleep(stayMs);
    await this.#end(guest, dispatchId);
    const hasEnded = await reaches(END_LIMIT_MS, () => this.#book.hasEnded(dispatchId), POLL_MS);
    if (guest.ending !== 'leaves') await crowd.leave(member);
    return !hasJoined ? 'never_joined' : hasEnded ? 'ended' : 'never_ended';
  }

  async #end({ room, identity, ending }: Guest, dispatchId: string): Promise<void> {
    switch (ending) {
      case 'leaves':
        await this.#stage.crowd.leave({ room, identity });
        break;
      case 'dispatch_deleted':
        await this.#dispatches.deleteDispatch(dispatchId, room);
        break;
      case 'room_deleted':
        await this.#rooms.deleteRoom(room);
        break;
    }
  }
}
