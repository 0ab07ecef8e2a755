import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import { sleep, systemClock } from '../../src/io/clock.ts';
import { DataSeal } from '../../src/io/data-seal.ts';
import { rtcRuntime } from '../../src/io/livekit/load-rtc.ts';
import { createJoinGate } from '../../src/io/livekit/join-gate.ts';
import { createLivekitRoom } from '../../src/io/livekit/room-client.ts';
import { createRosterClient } from '../../src/io/livekit/roster-client.ts';
import type { RoomClient } from '../../src/actors/ports.ts';
import type { RoomHarness, RoomWorld } from '../contracts/room-world.ts';

export type LivekitServer = {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
};

const POLL_MS = 20;
const DEADLINE_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Where nobody listens: the discard port of this machine. */
const NOWHERE = 'ws://127.0.0.1:9';

const joinGate = createJoinGate({ concurrency: 4, maxWaiting: 100 });
let roomCount = 0;

/** A room name that no other test uses. */
export function newRoomName(): string {
  roomCount += 1;
  return `room-${process.pid}-${systemClock.now()}-${roomCount}`;
}

/** Polls until the predicate holds; rejects, naming what was awaited, after the deadline. */
export async function until(
  predicate: () => boolean,
  awaited: string,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  const deadline = systemClock.now() + deadlineMs;
  while (!predicate()) {
    if (systemClock.now() > deadline) {
      throw new Error(`Waited ${deadlineMs} ms in vain for ${awaited}.`);
    }
    await sleep(POLL_MS);
  }
}

export const roomService = ({ url, apiKey, apiSecret }: LivekitServer): RoomServiceClient =>
  new RoomServiceClient(url.replace(/^ws/, 'http'), apiKey, apiSecret);

/** A hidden agent's client, as a job would have it. */
export async function openRoomClient(
  server: LivekitServer,
  room: string,
  identity: string,
): Promise<RoomClient> {
  return roomClientWith(server, await agentToken(server, room, identity));
}

function agentToken(server: LivekitServer, room: string, identity: string): Promise<string> {
  const token = new AccessToken(server.apiKey, server.apiSecret, { identity });
  token.kind = 'agent';
  token.addGrant({
    agent: true,
    hidden: true,
    room,
    roomJoin: true,
    canPublish: false,
    canPublishData: true,
    canSubscribe: true,
    canUpdateOwnMetadata: true,
  });
  return token.toJwt();
}

const roomClientWith = (
  { url, apiSecret }: Pick<LivekitServer, 'url' | 'apiSecret'>,
  token: string,
): RoomClient =>
  createLivekitRoom({
    url,
    token,
    clock: systemClock,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    joinGate,
    dataSeal: new DataSeal(apiSecret),
    onDefect: (error) => {
      throw error;
    },
  });

/** A room on the real server with synthetic participants. */
export async function createLivekitRoomHarness(
  server: LivekitServer,
  { signalStopsMedia }: Pick<RoomHarness, 'signalStopsMedia'>,
): Promise<RoomHarness> {
  const room = newRoomName();
  const service = roomService(server);
  const roster = createRosterClient(server);
  await service.createRoom({ name: room, emptyTimeout: 60, departureTimeout: 60 });
  const people = new Map<string, SyntheticParticipant>();
  const everybody: SyntheticParticipant[] = [];
  const find = (identity: string): SyntheticParticipant => {
    const person = people.get(identity);
    if (!person) throw new Error(`${identity} has not joined.`);
    return person;
  };
  // The contract's clients are made in a call, and tokens are not.
  const tokens = new Map<string, string>();
  for (const identity of ['agent-under-test', 'second-agent', 'idle-agent', 'other-agent']) {
    tokens.set(identity, await agentToken(server, room, identity));
  }

  const world: RoomWorld = {
    join: async (identity, sources = []) => {
      const person = await SyntheticParticipant.start({ ...server, room, identity, sources });
      people.set(identity, person);
      everybody.push(person);
      while (!(await roster.list(room)).some(({ sid, active }) => sid === person.sid && active)) {
        await sleep(POLL_MS);
      }
    },
    leave: (identity) => find(identity).leave(),
    kill: (identity) => find(identity).kill(),
    publish: async (identity, source) => {
      await find(identity).publish(source);
    },
    unpublish: (identity, source) => find(identity).unpublish(source),
    speak: (identity) => find(identity).speak(),
    hush: (identity) => find(identity).hush(),
    mute: (identity, source) => find(identity).mute(source),
    unmute: (identity, source) => find(identity).unmute(source),
    setMetadata: (identity, metadata) => find(identity).setMetadata(metadata),
    setAttributes: (identity, attributes) => find(identity).setAttributes(attributes),
    sendData: (identity, topic, bytes) => find(identity).sendData(topic, bytes),
    sendText: (identity, topic, text) => find(identity).sendText(topic, text),
    received: (identity) =>
      everybody
        .filter((person) => person.identity === identity)
        .flatMap(({ messages }) => messages.map(({ topic, text }) => ({ topic, text }))),
    setRoomMetadata: async (metadata) => {
      await service.updateRoomMetadata(room, metadata);
    },
    deleteRoom: () => service.deleteRoom(room),
    removeAgent: (identity) => service.removeParticipant(room, identity),
    entryOf: async (identity) =>
      (await roster.list(room)).find((entry) => entry.identity === identity),
  };

  return {
    world,
    client: ({ identity, fault }) =>
      roomClientWith(
        fault === 'url' ? { ...server, url: NOWHERE } : server,
        fault === 'token' ? 'no.valid.token' : (tokens.get(identity) ?? ''),
      ),
    until,
    dataSeal: new DataSeal(server.apiSecret),
    signalStopsMedia,
    heldCount: () => rtcRuntime().heldCount(),
    dispose: async () => {
      await Promise.all(everybody.map((person) => person.kill()));
      await service.deleteRoom(room).catch(() => undefined);
    },
  };
}
