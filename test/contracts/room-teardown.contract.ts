import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import type { RoomClient } from '../../src/actors/ports.ts';
import { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import { disposeRtc, rtcRuntime } from '../../src/io/livekit/load-rtc.ts';
import type { DisconnectReason, RoomFact, TrackInfo } from '../../src/machines/events.ts';
import {
  newRoomName,
  openRoomClient,
  roomService,
  until,
  type LivekitServer,
} from '../support/livekit-room-harness.ts';
import { startOwnServer } from '../support/own-server.ts';

const AGENT = 'agent';

const fdCount = (): number => readdirSync('/dev/fd').length;

/** What the process has before a test. */
const count = () => ({ held: rtcRuntime().heldCount(), fds: fdCount() });

async function expectNothingLeft(before: ReturnType<typeof count>): Promise<void> {
  expect(rtcRuntime().heldCount()).toBe(before.held);
  // The native side closes its sockets some seconds after the server has ended a room.
  await until(() => fdCount() <= before.fds, `${fdCount()} open files to be ${before.fds}`, 10_000);
}

function watch(client: RoomClient) {
  const facts: RoomFact[] = [];
  client.facts$.subscribe((fact) => facts.push(fact));
  const has = (type: RoomFact['type']) => facts.some((fact) => fact.type === type);
  const heard = (type: RoomFact['type'], deadlineMs?: number) =>
    until(() => has(type), type, deadlineMs);
  return { client, facts, heard };
}

async function watchAgent(server: LivekitServer, room: string, identity = AGENT) {
  return watch(await openRoomClient(server, room, identity));
}

/** An agent that listens to alice, in a room of its own, polls statistics and reads a text stream. */
async function listenToAlice(server: LivekitServer) {
  const room = newRoomName();
  const alice = await SyntheticParticipant.start({
    ...server,
    room,
    identity: 'alice',
    sources: ['microphone', 'camera'],
  });
  const agent = await watchAgent(server, room);
  const tracks: TrackInfo[] = [];
  agent.client.facts$.subscribe((fact) => {
    // The latest of the tracks that are there may be announced a moment later.
    if (fact.type === 'room.connected') tracks.push(...(fact.participants[0]?.tracks ?? []));
    if (fact.type === 'track.published') tracks.push(fact.track);
  });
  agent.client.join();
  await until(() => tracks.length === 2, 'both tracks');
  for (const { sid } of tracks) {
    agent.client.perform({ type: 'track.setMedia', trackSid: sid, mode: 'media' });
  }
  await until(
    () => agent.facts.filter(({ type }) => type === 'track.subscribed').length === 2,
    'both subscriptions',
  );
  const audio = tracks.find(({ kind }) => kind === 'audio');
  let frameCount = 0;
  agent.client.frames$(audio?.sid ?? '').subscribe(() => (frameCount += 1));
  await until(() => frameCount > 3, 'frames');
  await agent.client.stats();
  await alice.sendText('lk.transcription', 'good morning');
  await agent.heard('text.received');
  return { room, alice, ...agent };
}

/** With a key that the server does not accept. */
async function joinInVain(server: LivekitServer): Promise<readonly RoomFact[]> {
  const apiSecret = 'another-secret-of-at-least-32-characters';
  const { client, facts, heard } = await watchAgent({ ...server, apiSecret }, newRoomName());
  client.join();
  await heard('room.joinFailed');
  return facts;
}

type Ending = (stay: {
  readonly server: LivekitServer;
  readonly room: string;
  readonly client: RoomClient;
}) => Promise<unknown>;

const endings: readonly (readonly [DisconnectReason, Ending])[] = [
  [
    'client_initiated',
    ({ client }) => {
      client.leave();
      return Promise.resolve();
    },
  ],
  ['room_deleted', ({ server, room }) => roomService(server).deleteRoom(room)],
  ['participant_removed', ({ server, room }) => roomService(server).removeParticipant(room, AGENT)],
  [
    'duplicate_identity',
    async ({ server, room }) => {
      const second = await watchAgent(server, room);
      second.client.join();
      await second.heard('room.connected');
      await second.client.close();
    },
  ],
];

/** The LiveKit room lets go of everything, whoever ends it and however. */
export function describeRoomTeardown(): void {
  beforeAll(async () => {
    // The first join opens what the media stack keeps for the life of the process.
    const server = inject('livekit');
    const { client, alice } = await listenToAlice(server);
    await client.close();
    await alice.kill();
    await joinInVain(server);
  });

  afterAll(disposeRtc);

  it.each(endings)(
    '[ROOM-18] leaves nothing behind when the room ends: %s',
    async (reason, end) => {
      const server = inject('livekit');
      const before = count();
      const { client, facts, heard, room, alice } = await listenToAlice(server);
      await end({ server, room, client });
      await heard('room.disconnected');
      expect(facts.at(-1)).toMatchObject({ reason });
      // Not before: the end itself lets go, also where nobody closes the client.
      await alice.kill();
      await expectNothingLeft(before);
      await client.close();
    },
  );

  it('[ROOM-18] leaves nothing behind when it is closed without a goodbye from anybody', async () => {
    const before = count();
    const { client, alice } = await listenToAlice(inject('livekit'));
    await client.close();
    await alice.kill();
    await expectNothingLeft(before);
  });

  it('[ROOM-19] leaves nothing behind when the server is gone', { timeout: 120_000 }, async () => {
    const server = await startOwnServer();
    onTestFinished(() => server.kill());
    const before = count();
    const { client, heard, alice } = await listenToAlice(server);
    await server.kill();
    await heard('room.reconnecting', 30_000);
    await heard('room.disconnected', 90_000);
    await alice.kill();
    await expectNothingLeft(before);
    await client.close();
  });

  it('[ROOM-19] closes while it reconnects', { timeout: 120_000 }, async () => {
    const server = await startOwnServer();
    onTestFinished(() => server.kill());
    const before = count();
    const { client, heard, alice } = await listenToAlice(server);
    await server.kill();
    await heard('room.reconnecting', 30_000);
    await client.close();
    await alice.kill();
    await expectNothingLeft(before);
  });

  it('[ROOM-20] leaves nothing behind when it could not join', async () => {
    const before = count();
    const facts = await joinInVain(inject('livekit'));
    expect(facts).toMatchObject([{ error: { code: 'E_ROOM_REFUSED', retryable: false } }]);
    expect(JSON.stringify(facts)).not.toMatch(/eyJ/);
    await expectNothingLeft(before);
  });

  it('[ROOM-21] leaves nothing behind when it is closed during the join', async () => {
    const before = count();
    const room = newRoomName();
    for (let times = 0; times < 3; times += 1) {
      const { client, facts } = await watchAgent(inject('livekit'), room, `agent-${times}`);
      client.join();
      await client.close();
      expect(facts).toEqual([]);
    }
    await expectNothingLeft(before);
    expect(await roomService(inject('livekit')).listParticipants(room)).toEqual([]);
  });
}
