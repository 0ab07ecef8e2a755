import { describe, expect, it } from 'vitest';
import { camera, microphone, screen, T0 } from '../../support/session-facts.ts';
import { SessionStage } from '../../support/session-stage.ts';

const { sid: cam } = camera;

const videoOf = ({ value }: SessionStage): unknown =>
  typeof value === 'object' && 'connected' in value ? value.connected.video : value;

/** Polls in which packets go on, so that only the frames tell. */
const frames = (stage: SessionStage, ...counts: number[]) => {
  for (const framesDecoded of counts) {
    stage.poll({ [cam]: { packetsReceived: stage.now - T0 + 1, framesDecoded } });
  }
};

const keysOf = (stage: SessionStage, type: 'alert.opened' | 'alert.resolved'): unknown[] =>
  stage.told(type).map((report) => ('alert' in report ? report.alert : undefined));

const filmed = (...counts: number[]) => {
  const stage = new SessionStage();
  stage.arrive([camera]);
  frames(stage, ...counts);
  return stage;
};

it('[SES-9] flows with the first frame', () => {
  const stage = filmed(0);
  expect(videoOf(stage)).toBe('off');
  frames(stage, 5);
  expect(videoOf(stage)).toBe('flowing');
});

it('[SES-9] is frozen after two polls without a frame, once for as long as it lasts', () => {
  const stage = filmed(5, 10, 10);
  expect(videoOf(stage)).toBe('flowing');
  frames(stage, 10);
  expect(videoOf(stage)).toBe('frozen');
  frames(stage, 10, 10, 10);
  expect(stage.context.totals.freezes).toBe(1);
  expect(keysOf(stage, 'alert.opened')).toEqual([
    {
      key: 'video_frozen',
      severity: 'warning',
      message: 'the camera stopped delivering frames',
      openedAt: T0 + 1_000,
      evidence: { trackSid: cam, lastFrameAt: T0 + 1_000 },
    },
  ]);
  frames(stage, 12);
  expect(videoOf(stage)).toBe('flowing');
  expect(keysOf(stage, 'alert.resolved')).toMatchObject([
    { key: 'video_frozen', resolvedAt: stage.now },
  ]);
});

it('[SES-9] counts each freeze', () => {
  const stage = filmed(5, 5, 5, 6, 6, 6, 6, 7);
  expect(stage.context.totals.freezes).toBe(2);
  expect(stage.told('alert.opened')).toHaveLength(2);
  expect(stage.told('alert.resolved')).toHaveLength(2);
});

it('[SES-9] does not freeze while our own connection is away', () => {
  const stage = filmed(5, 10);
  stage.ownConnection('room.reconnecting');
  frames(stage, 10, 10, 10, 10);
  stage.ownConnection('room.reconnected');
  frames(stage, 15);
  expect(videoOf(stage)).toBe('flowing');
  expect(stage.context.totals.freezes).toBe(0);
});

it('[SES-9] is off and not frozen while muted', () => {
  const stage = filmed(5);
  stage.track('track.muted', cam);
  frames(stage, 5, 5, 5, 5);
  expect(videoOf(stage)).toBe('off');
  expect(stage.context.totals.freezes).toBe(0);
  stage.track('track.unmuted', cam);
  frames(stage, 6);
  expect(videoOf(stage)).toBe('flowing');
});

it('[SES-9] is no longer frozen when muted', () => {
  const stage = filmed(5, 5, 5);
  stage.track('track.muted', cam);
  expect(videoOf(stage)).toBe('off');
  expect(keysOf(stage, 'alert.resolved')).toMatchObject([
    { key: 'video_frozen', resolvedAt: stage.now },
  ]);
});

it('[SES-9] alerts after 10 s without a frame, and resolves it with the first one', () => {
  const stage = filmed();
  stage.pass(9_999);
  expect(stage.told('alert.opened')).toEqual([]);
  stage.pass(1);
  expect(keysOf(stage, 'alert.opened')).toMatchObject([
    {
      key: 'no_video_frames',
      openedAt: T0 + 10_000,
      evidence: { trackSid: cam, missingMs: 10_000 },
    },
  ]);
  frames(stage, 3);
  expect(keysOf(stage, 'alert.resolved')).toMatchObject([
    { key: 'no_video_frames', resolvedAt: stage.now },
  ]);
});

it('[SES-9] alerts after 10 s of a freeze too', () => {
  const stage = filmed(5, 5, 5);
  stage.pass(10_000);
  expect(keysOf(stage, 'alert.opened')).toMatchObject([
    { key: 'video_frozen' },
    { key: 'no_video_frames' },
  ]);
  frames(stage, 6);
  expect(stage.told('alert.resolved')).toHaveLength(2);
});

it.each([
  ['mute', (stage: SessionStage) => stage.track('track.muted', cam)],
  ['unpublication', (stage: SessionStage) => stage.unpublish(cam)],
  ['leave', (stage: SessionStage) => stage.leave()],
] as const)('[SES-9] resolves the alert of missing frames at the %s', (_name, end) => {
  const stage = filmed();
  stage.pass(10_000);
  end(stage);
  expect(keysOf(stage, 'alert.resolved')).toMatchObject([
    { key: 'no_video_frames', resolvedAt: stage.now },
  ]);
});

it('[SES-9] never freezes for a shared screen, nor where video is not measured', () => {
  const stage = new SessionStage({ watch: { audio: true, video: false } });
  stage.arrive([camera, screen, microphone]);
  for (let polls = 0; polls < 30; polls += 1) stage.poll({ [cam]: 9, [screen.sid]: 9 });
  expect(videoOf(stage)).toBe('off');
  expect(stage.told('alert.opened')).toEqual([]);
});

it('[SES-9] follows the camera that flows, where there are two', () => {
  const second = { ...camera, sid: 'TR_cam2' };
  const stage = filmed(5);
  stage.publish(second);
  for (let count = 1; count < 5; count += 1) {
    stage.poll({ [cam]: { framesDecoded: 5 }, [second.sid]: { framesDecoded: count } });
  }
  expect(videoOf(stage)).toBe('flowing');
  stage.unpublish(cam);
  expect(videoOf(stage)).toBe('flowing');
  stage.unpublish(second.sid);
  expect(videoOf(stage)).toBe('off');
});

it('[SES-9] begins anew after a rejoin, and keeps the freezes', () => {
  const stage = filmed(5, 5, 5);
  stage.leave();
  stage.pass(3_000);
  stage.arrive([{ ...camera, sid: 'TR_cam2' }], { identity: 'alice', sid: 'PA_2' });
  expect(videoOf(stage)).toBe('off');
  expect(stage.context.totals.freezes).toBe(1);
  expect(stage.told('alert.resolved')).toHaveLength(1);
});

const secondCamera = { ...camera, sid: 'TR_cam2' };

/** Both cameras deliver so many frames, poll by poll. */
const film = (stage: SessionStage, ...counts: readonly (readonly [number, number])[]) => {
  for (const [first, second] of counts) {
    const packetsReceived = stage.now - T0 + 1;
    stage.poll({
      [cam]: { packetsReceived, framesDecoded: first },
      [secondCamera.sid]: { packetsReceived, framesDecoded: second },
    });
  }
};

const filmedTwice = (...counts: readonly (readonly [number, number])[]) => {
  const stage = new SessionStage();
  stage.arrive([camera, secondCamera]);
  film(stage, ...counts);
  return stage;
};

describe('two cameras', () => {
  it.each([cam, secondCamera.sid])('[SES-9] flow while one does, also without %s', (gone) => {
    const stage = filmedTwice([5, 5]);
    stage.unpublish(gone);
    expect(videoOf(stage)).toBe('flowing');
  });

  it('[SES-9] are frozen when both are', () => {
    const stage = filmedTwice([5, 5], [5, 9], [5, 14]);
    expect(videoOf(stage)).toBe('flowing');
    film(stage, [5, 14], [5, 14]);
    expect(videoOf(stage)).toBe('frozen');
    expect(stage.context.totals.freezes).toBe(1);
    film(stage, [8, 14]);
    expect(videoOf(stage)).toBe('flowing');
    expect(keysOf(stage, 'alert.resolved')).toMatchObject([{ key: 'video_frozen' }]);
  });

  it('[SES-9] are frozen when the one that flowed goes and the other was frozen', () => {
    const stage = filmedTwice([5, 5], [5, 9], [5, 14]);
    stage.unpublish(secondCamera.sid);
    expect(videoOf(stage)).toBe('frozen');
    expect(keysOf(stage, 'alert.opened')).toMatchObject([
      { key: 'video_frozen', evidence: { trackSid: cam } },
    ]);
    stage.track('track.muted', cam);
    expect(videoOf(stage)).toBe('off');
    expect(keysOf(stage, 'alert.resolved')).toMatchObject([{ key: 'video_frozen' }]);
  });
});
