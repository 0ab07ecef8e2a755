import { expect, it } from 'vitest';
import { createRoomConnectionActor } from '../../src/actors/room-connection.actor.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { RoomCommand, RoomFact } from '../../src/machines/events.ts';
import { openPort } from '../support/open-port.ts';
import { ScriptedRoomClient } from '../support/scripted-room-client.ts';

function openRoom() {
  const room = new ScriptedRoomClient();
  const clock = new VirtualClock(1_000);
  const port = openPort<Record<string, never>, RoomFact, RoomCommand>(
    createRoomConnectionActor({ room, clock }),
    {},
  );
  return { room, clock, ...port };
}

const publish: RoomCommand = { type: 'data.publish', topic: 'note', payload: { a: 1 }, to: ['al'] };

it('[ROOM-1] brings the facts of the room to the job', () => {
  const { room, facts } = openRoom();
  const fact: RoomFact = { type: 'room.reconnecting', at: 1 };
  room.facts$.next(fact);
  expect(facts).toEqual([fact]);
});

it('[ROOM-2] brings the commands of the job to the room', () => {
  const { room, tell } = openRoom();
  tell({ type: 'room.join' });
  tell(publish);
  tell({ type: 'room.leave' });
  expect(room.calls).toEqual(['join', publish, 'leave']);
});

it('[ROOM-3] turns an exception of the room into a fact, after the call', () => {
  const { room, clock, facts, tell } = openRoom();
  room.fault = new Error('no data channel');
  expect(tell(publish)).toBe(0);
  clock.advanceBy(0);
  const error = { code: 'E_ROOM_COMMAND', message: 'no data channel', retryable: true };
  const failed = { type: 'command.failed', at: 1_000, command: 'data.publish', error };
  expect(facts).toEqual([failed]);
  tell({ ...publish, requestId: 'rule:note' });
  clock.advanceBy(0);
  expect(facts[1]).toEqual({ ...failed, requestId: 'rule:note' });
});

it('[ROOM-4] closes the room with itself, and says nothing afterwards', () => {
  const { room, clock, facts, tell, close } = openRoom();
  room.fault = new Error('no data channel');
  tell(publish);
  close();
  room.facts$.next({ type: 'room.reconnecting', at: 1 });
  clock.advanceBy(1_000);
  expect(room.calls).toEqual(['close']);
  expect(facts).toEqual([]);
  expect(clock.pendingCount).toBe(0);
});
