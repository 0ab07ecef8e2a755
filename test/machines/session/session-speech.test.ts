import { expect, it } from 'vitest';
import { camera, microphone, screen, screenAudio, T0 } from '../../support/session-facts.ts';
import { SessionStage } from '../../support/session-stage.ts';

const speechOf = (stage: SessionStage) => stage.told('session.speechChanged');

it('[SES-8] speaks from the first loud window on, and counts no hangover', () => {
  const stage = new SessionStage();
  stage.arrive([microphone]);
  stage.speak(500, 0.01);
  stage.speak(2_000);
  expect(stage.value).toMatchObject({ connected: { speech: 'speaking' } });
  stage.speak(900, 0.01);
  expect(stage.value).toMatchObject({ connected: { speech: 'speaking' } });
  stage.speak(100, 0.01);
  expect(stage.value).toMatchObject({ connected: { speech: 'silent' } });
  expect(speechOf(stage)).toEqual([
    { type: 'session.speechChanged', at: T0 + 500, speaking: true },
    { type: 'session.speechChanged', at: T0 + 2_500, speaking: false },
  ]);
  expect(stage.context.totals).toMatchObject({ turns: 1, speakingMs: 2_000 });
});

it('[SES-8] ends the turn at once with the mute, and hears nothing more', () => {
  const stage = new SessionStage();
  stage.arrive([microphone]);
  stage.speak(700);
  stage.track('track.muted', microphone.sid);
  expect(speechOf(stage).at(-1)).toEqual({
    type: 'session.speechChanged',
    at: T0 + 700,
    speaking: false,
  });
  stage.speak(500);
  expect(speechOf(stage)).toHaveLength(2);
  stage.track('track.unmuted', microphone.sid);
  stage.speak(300);
  expect(stage.context.totals).toMatchObject({ turns: 2, speakingMs: 700 });
});

it('[SES-8] counts a turn over two microphones once', () => {
  const stage = new SessionStage();
  stage.arrive([microphone, { ...microphone, sid: 'TR_mic2' }]);
  stage.speak(500);
  stage.speak(500, 0.2, 'TR_mic2');
  stage.unpublish(microphone.sid);
  expect(stage.value).toMatchObject({ connected: { speech: 'speaking' } });
  stage.speak(300, 0.2, 'TR_mic2');
  stage.unpublish('TR_mic2');
  expect(stage.value).toMatchObject({ connected: { speech: 'silent' } });
  expect(stage.context.totals).toMatchObject({ turns: 1, speakingMs: 1_300 });
});

it('[SES-8] takes the server’s word where audio is not measured, until the leave', () => {
  const stage = new SessionStage({ watch: { audio: false, video: false } });
  const speakers = (...identities: string[]) => {
    stage.say({ type: 'room.speakersChanged', at: stage.now, identities });
  };
  stage.arrive([microphone]);
  speakers('bob', 'alice');
  stage.pass(3_000);
  speakers('bob');
  stage.pass(1_000);
  speakers('alice');
  stage.pass(2_000);
  stage.leave();
  expect(speechOf(stage)).toEqual([
    { type: 'session.speechChanged', at: T0, speaking: true },
    { type: 'session.speechChanged', at: T0 + 3_000, speaking: false },
    { type: 'session.speechChanged', at: T0 + 4_000, speaking: true },
    { type: 'session.speechChanged', at: T0 + 6_000, speaking: false },
  ]);
  expect(stage.context.totals).toMatchObject({ turns: 2, speakingMs: 5_000 });
});

it('[SES-8] does not let a muted participant speak whom the server still names for 0.3 s', () => {
  const stage = new SessionStage({ watch: { audio: false, video: false } });
  stage.arrive([microphone]);
  stage.track('track.muted', microphone.sid);
  stage.say({ type: 'room.speakersChanged', at: stage.now, identities: ['alice'] });
  stage.pass(300);
  stage.say({ type: 'room.speakersChanged', at: stage.now, identities: [] });
  expect(speechOf(stage)).toEqual([]);
});

it('[SES-8] does not take the sound of a shared screen for speech', () => {
  const stage = new SessionStage();
  stage.arrive([screenAudio, screen]);
  expect(stage.levels.isOpen(screenAudio.sid)).toBe(false);
  stage.say({ type: 'room.speakersChanged', at: stage.now, identities: ['alice'] });
  expect(stage.value).toMatchObject({ connected: { speech: 'silent', video: 'off' } });
});

it('[SES-13] says that nobody speaks any more when the participant leaves', () => {
  const stage = new SessionStage();
  stage.arrive([microphone, camera]);
  stage.speak(400);
  stage.leave();
  expect(speechOf(stage).map((report) => 'speaking' in report && report.speaking)).toEqual([
    true,
    false,
  ]);
});

it('[SES-13] says that nobody speaks any more when the job ends', () => {
  const stage = new SessionStage();
  stage.arrive([microphone]);
  stage.speak(400);
  stage.pass(50);
  stage.say({ type: 'session.end', at: stage.now, reason: 'drained' });
  expect(speechOf(stage).at(-1)).toEqual({
    type: 'session.speechChanged',
    at: T0 + 450,
    speaking: false,
  });
});
