import { expect, it } from 'vitest';
import { RoomStage, refOf } from '../../support/room-facts.ts';
import { camera, microphone, participant } from '../../support/session-facts.ts';

it('[RAN-1] counts those who were there, come and leave', () => {
  const stage = new RoomStage();
  stage.join(participant(refOf('alice'), { tracks: [microphone, camera] }));
  stage.pass(1_000);
  stage.enter(refOf('bob'));
  stage.pass(2_000);
  stage.exit(refOf('bob'));
  stage.end();
  expect(stage.told('summary.made')).toMatchObject([
    { summary: { participants: 1, peakParticipants: 2, joins: 2, leaves: 1, identities: 2 } },
  ]);
  expect(stage.told('webhook.send')).toMatchObject([
    { event: 'room_status', data: { participants: 1, tracks: { microphone: 1, camera: 1 } } },
    { event: 'participant_joined', participant: refOf('bob') },
    { event: 'participant_left', participant: refOf('bob'), data: { durationMs: 2_000 } },
    { event: 'room_status', data: { state: 'ended' } },
  ]);
});
