import { randomUUID } from 'node:crypto';
import { ParticipantInfo_Kind } from '@livekit/protocol';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { roomAnalytics } from '../../src/agents/room-analytics.agent.ts';
import { startLiveWorker, type LiveWorker } from '../support/live-worker.ts';
import { bodies, MonitoredRoom, withinDeadline } from '../support/monitored-room.ts';

const server = inject('livekit');
const agentName = `room-analytics-${randomUUID()}`;
let worker: LiveWorker;
const rooms: MonitoredRoom[] = [];

beforeAll(async () => {
  worker = await startLiveWorker(server, [roomAnalytics], { LIVEKIT_AGENT_NAME: agentName });
});
afterAll(async () => {
  await Promise.all(rooms.map((room) => room.close()));
  await worker.close();
  await worker.remove();
});

function newRoom(): MonitoredRoom {
  const room = new MonitoredRoom(server, worker, agentName);
  rooms.push(room);
  return room;
}

const text = (given: string): Uint8Array => new TextEncoder().encode(given);

/** The cases are of rooms of their own, and mostly wait: side by side they take as long as one. */
it.concurrent('[RAN-19] counts real participants, their tracks and messages', async () => {
  const room = newRoom();
  const alice = await room.enter('alice');
  await room.dispatchText('');
  await room.until({ state: 'watching', figures: { participants: 1, tracks: { microphone: 1 } } });
  const bob = await room.enter('bob');
  await alice.publish('camera');
  await room.until({ figures: { participants: 2, tracks: { microphone: 2, camera: 1 } } });
  // Subscribed, and so the server tells of quality and speech.
  await room.until({ subscribedTracks: 3, qualities: { unknown: 0 } });
  await alice.speak();
  await room.until({ speakers: ['alice'] });
  await alice.hush();
  await bob.sendData('chat', text('{"type":"chat"}'));
  await bob.sendData('chat', text('hello'));
  await bob.sendData('chat', Uint8Array.of(0xff, 0xfe, 0x00));
  await room.until({
    speakers: [],
    topSenders: [{ name: 'bob', messages: 3 }],
    topTopics: [{ name: 'chat', formats: { json: 1, text: 1, binary: 1 } }],
  });
  await bob.leave();
  await room.until({ figures: { participants: 1, joins: 2, leaves: 1, peakParticipants: 2 } });
});

it.concurrent('[RAN-19] puts the newest out of a room that is over its limit', async () => {
  const room = newRoom();
  await room.enter('alice');
  await room.dispatchText(
    JSON.stringify({ participant_limit: 1, enforce_participant_limit: true }),
  );
  await room.until({ state: 'watching', limit: 'within' });
  const bob = await room.enter('bob');
  await room.until({ limit: 'within', removals: 1, figures: { participants: 1, leaves: 1 } });
  await vi.waitFor(() => {
    expect(bodies(bob.messages, 'participant_limit')).toMatchObject([{ action: 'removed' }]);
  }, withinDeadline);
  const left = await room.rooms.listParticipants(room.name);
  expect(left.map(({ identity }) => identity)).not.toContain('bob');
});

it.concurrent('[RAN-20] puts out who came last, though the server told of it first', async () => {
  const room = newRoom();
  await room.enter('alice');
  await room.dispatchText(
    JSON.stringify({ participant_limit: 2, enforce_participant_limit: true }),
  );
  await room.until({ state: 'watching', limit: 'within' });
  // Who publishes nothing is told of up to 3 s late.
  await room.enter('bob', []);
  await room.enter('carol');
  await room.until({ limit: 'within', removals: 1, figures: { participants: 2, leaves: 1 } });
  const left = await room.rooms.listParticipants(room.name);
  const people = left.filter(({ kind }) => kind === ParticipantInfo_Kind.STANDARD);
  expect(people.map(({ identity }) => identity).sort()).toEqual(['alice', 'bob']);
});
