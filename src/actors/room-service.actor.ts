import type { RoomServiceCommand, RoomServiceFact } from '../machines/events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import { atMost } from './at-most.ts';
import { commandFailure, requestIdIn } from './command-failure.ts';
import { codeOf, retryableError } from './error-info.ts';
import type { Clock, RoomServiceClient } from './ports.ts';

export type RoomServiceDeps = {
  readonly roomService: RoomServiceClient;
  readonly clock: Pick<Clock, 'now'>;
};

const MAX_RUNNING = 100;

/** Asks the server's API for what a job wants done in its room. */
export function createRoomServiceActor({
  roomService,
  clock,
}: RoomServiceDeps): PortLogic<{ roomName: string }, RoomServiceCommand> {
  return port<{ roomName: string }, RoomServiceFact, RoomServiceCommand>(
    ({ input: { roomName }, send, receive }) => {
      let isStopped = false;
      const limited = atMost(MAX_RUNNING, 'requests');
      receive((command) => {
        void limited(() => perform(roomService, roomName, command, clock))
          .catch((cause: unknown): RoomServiceFact => {
            const error = retryableError(codeOf(cause, 'E_ROOM_SERVICE'), cause);
            return { at: clock.now(), ...commandFailure(command, error) };
          })
          .then((fact) => {
            if (!isStopped && fact !== null) send(fact);
          });
      });
      return () => {
        isStopped = true;
      };
    },
  );
}

async function perform(
  service: RoomServiceClient,
  roomName: string,
  command: RoomServiceCommand,
  clock: Pick<Clock, 'now'>,
): Promise<RoomServiceFact | null> {
  switch (command.type) {
    case 'participant.remove':
      await service.removeParticipant(roomName, command.identity);
      return null;
    case 'track.mute':
      await service.muteTrack(roomName, command.identity, command.trackSid);
      return null;
    case 'recording.start': {
      const { recording, unlessGoesOn } = command;
      const recordingId =
        unlessGoesOn !== undefined && (await service.isRecording(unlessGoesOn))
          ? unlessGoesOn
          : await service.startRecording(roomName, recording);
      return { type: 'recording.started', at: clock.now(), ...requestIdIn(command), recordingId };
    }
    case 'recording.stop': {
      const { recordingId } = command;
      await service.stopRecording(recordingId);
      return { type: 'recording.stopped', at: clock.now(), ...requestIdIn(command), recordingId };
    }
  }
}
