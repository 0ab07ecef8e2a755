import { afterAll, expect, inject, it, onTestFinished } from 'vitest';
import type { RoomClient } from '../../src/actors/ports.ts';
import { sleep, systemClock } from '../../src/io/clock.ts';
import { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import { disposeRtc } from '../../src/io/livekit/load-rtc.ts';
import type { RoomFact } from '../../src/machines/events.ts';
import { startFlood } from '../support/clients/start-flood.ts';
import { newRoomName, openRoomClient, until } from '../support/livekit-room-harness.ts';

const server = inject('livekit');
const FLOOD_MS = 5_000;
const MESSAGE_EVERY_MS = 100;
/** Less than one can send, on a machine that does much else. */
const LEAST_THROTTLED = 1_000;

afterAll(disposeRtc);

/** An agent in a room of its own, and what it hears. */
async function openRoom() {
  const name = newRoomName();
  const client: RoomClient = await openRoomClient(server, name, 'agent');
  onTestFinished(() => client.close());
  const facts: RoomFact[] = [];
  client.facts$.subscribe((fact) => facts.push(fact));
  client.join();
  const has = (type: RoomFact['type']) => facts.some((fact) => fact.type === type);
  await until(() => has('room.connected'), 'the agent');
  return { name, client, facts, has };
}

it('[FLD-14] counts a flood, lets little of it through, and serves another room meanwhile', async () => {
  const [flooded, calm] = await Promise.all([openRoom(), openRoom()]);
  const bob = await SyntheticParticipant.start({ ...server, room: calm.name, identity: 'bob' });
  onTestFinished(() => bob.leave());
  await until(() => calm.has('participant.connected'), 'bob');

  const flood = await startFlood(server, { room: flooded.name, identity: 'mallory' });
  onTestFinished(() => flood.stop());
  // The server names who publishes nothing only with its next batch of updates, up to 3 s after their join.
  const isNamed = (fact: RoomFact) =>
    fact.type === 'data.throttled' && fact.sender?.identity === 'mallory';
  await until(() => flooded.facts.some(isNamed), 'the flood, by its name', 20_000);
  const bytesBefore = process.memoryUsage().rss;
  const startedAt = systemClock.now();
  const factsBefore = flooded.facts.length;
  const delaysMs: number[] = [];
  while (systemClock.now() - startedAt < FLOOD_MS) {
    const [heard, sentAt] = [calm.facts.length, systemClock.now()];
    await bob.sendData('chat', new TextEncoder().encode('{}'));
    await until(() => calm.facts.length > heard, 'a message in the other room');
    delaysMs.push(systemClock.now() - sentAt);
    await sleep(MESSAGE_EVERY_MS);
  }
  const facts = flooded.facts.slice(factsBefore);
  const floodedMs = systemClock.now() - startedAt;
  const grownBytes = process.memoryUsage().rss - bytesBefore;
  await flood.stop();

  const throttled = facts.flatMap((fact) => (fact.type === 'data.throttled' ? [fact] : []));
  const through = facts.filter(({ type }) => type === 'data.received');
  const count = throttled.reduce((sum, { messages }) => sum + messages, 0);
  expect(count).toBeGreaterThan(LEAST_THROTTLED);
  expect(throttled.every(isNamed)).toBe(true);
  expect(throttled.length).toBeLessThanOrEqual(floodedMs / 1_000 + 1);
  // Fifty a second, and what may come at once.
  expect(through.length).toBeLessThanOrEqual((floodedMs / 1_000) * 50 + 100);
  expect(delaysMs.toSorted((one, other) => one - other)[delaysMs.length >> 1]).toBeLessThan(200);
  expect(grownBytes).toBeLessThan(50 * 1024 * 1024);
  expect(calm.has('data.throttled')).toBe(false);
}, 60_000);
