import { expect, it } from 'vitest';
import { participantView } from '../../../src/machines/session/session-view.ts';
import { aliceAgain, camera, sessionConfig } from '../../support/session-facts.ts';
import { SessionStage } from '../../support/session-stage.ts';

const viewOf = (stage: SessionStage) => participantView(stage.actor.getSnapshot());

it('[SES-10] shows no score of an earlier connection beside the unknown quality of a new one', () => {
  const stage = new SessionStage();
  stage.arrive();
  expect(viewOf(stage)).toMatchObject({ quality: 'unknown', qualityScore: null });
  stage.quality('good');
  expect(viewOf(stage)).toMatchObject({ quality: 'good', qualityScore: 0.75 });
  stage.leave();
  stage.pass(sessionConfig.absentGraceMs);
  expect(viewOf(stage)).toMatchObject({ state: 'disconnected', quality: null, qualityScore: 0.75 });
  stage.arrive([], aliceAgain);
  expect(viewOf(stage)).toMatchObject({ quality: 'unknown', qualityScore: null });
});

it('[SES-9] shows the figures of a camera that flows, whichever was published first', () => {
  const second = { ...camera, sid: 'TR_cam2' };
  const stage = new SessionStage();
  stage.arrive([camera, second]);
  stage.poll({ [second.sid]: { packetsReceived: 9, framesDecoded: 7 } });
  expect(viewOf(stage)).toMatchObject({ video: 'flowing', framesTotal: 7 });
});
