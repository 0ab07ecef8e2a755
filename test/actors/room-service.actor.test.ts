import { expect, it } from 'vitest';
import type { RoomServiceClient } from '../../src/actors/ports.ts';
import { createRoomServiceActor } from '../../src/actors/room-service.actor.ts';
import type { RoomServiceCommand, RoomServiceFact } from '../../src/machines/events.ts';
import { openPort } from '../support/open-port.ts';

const nothing = () => Promise.resolve();

it.each<[string, boolean, string, readonly string[]]>([
  ['names a recording that goes on', true, 'EG_1', ['is EG_1']],
  ['begins another in the place of one that has ended', false, 'EG_2', ['is EG_1', 'start']],
])('[RUL-54] %s', async (_, goesOn, recordingId, calls) => {
  const asked: string[] = [];
  const roomService: RoomServiceClient = {
    removeParticipant: nothing,
    muteTrack: nothing,
    isRecording: (id) => {
      asked.push(`is ${id}`);
      return Promise.resolve(goesOn);
    },
    startRecording: () => {
      asked.push('start');
      return Promise.resolve('EG_2');
    },
    stopRecording: nothing,
  };
  const { facts, tell } = openPort<{ roomName: string }, RoomServiceFact, RoomServiceCommand>(
    createRoomServiceActor({ roomService, clock: { now: () => 5 } }),
    { roomName: 'support' },
  );
  const recording = { filepath: 'a.mp4', layout: 'grid', audioOnly: false } as const;
  tell({ type: 'recording.start', recording, requestId: 'rule:on', unlessGoesOn: 'EG_1' });
  await expect
    .poll(() => facts)
    .toEqual([{ type: 'recording.started', at: 5, requestId: 'rule:on', recordingId }]);
  expect(asked).toEqual(calls);
});
