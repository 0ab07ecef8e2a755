import type { RoomCommand, RoomFact } from '../machines/events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import { commandFailure } from './command-failure.ts';
import { retryableError } from './error-info.ts';
import type { Clock, RoomClient } from './ports.ts';

export type RoomConnectionDeps = {
  /** Of this actor alone: it is closed with it. */
  readonly room: RoomClient;
  readonly clock: Clock;
};

/** Brings a room's facts into the job, and the job's commands into the room. */
export function createRoomConnectionActor({
  room,
  clock,
}: RoomConnectionDeps): PortLogic<Record<string, never>, RoomCommand> {
  return port<Record<string, never>, RoomFact, RoomCommand>(({ send, receive }) => {
    const subscription = room.facts$.subscribe(send);
    receive((command) => {
      try {
        carryOut(room, command);
      } catch (cause) {
        const error = retryableError('E_ROOM_COMMAND', cause);
        const timer = clock.setTimeout(() => {
          send({ at: clock.now(), ...commandFailure(command, error) });
        }, 0);
        subscription.add(() => clock.clearTimeout(timer));
      }
    });
    return () => {
      subscription.unsubscribe();
      void room.close();
    };
  });
}

function carryOut(room: RoomClient, command: RoomCommand): void {
  switch (command.type) {
    case 'room.join':
      room.join();
      break;
    case 'room.leave':
      room.leave();
      break;
    default:
      room.perform(command);
  }
}
