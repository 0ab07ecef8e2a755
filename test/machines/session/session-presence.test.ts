import { expect, it } from 'vitest';
import { alice, camera, microphone, screen, T0 } from '../../support/session-facts.ts';
import { SessionStage } from '../../support/session-stage.ts';

const presenceOf = ({ value }: SessionStage): unknown =>
  typeof value === 'object' && 'connected' in value ? value.connected.presence : value;

const { sid: mic } = microphone;

/** Two polls with packets, so that the participant is known to send. */
const sending = (tracks = [microphone]) => {
  const stage = new SessionStage();
  stage.arrive(tracks);
  stage.poll({ [mic]: 5 });
  stage.poll({ [mic]: 10 });
  return stage;
};

const pollSame = (stage: SessionStage, times: number) => {
  for (let polls = 0; polls < times; polls += 1) stage.poll({ [mic]: 10 });
};

it('[SES-7] is suspect after three polls without a packet', () => {
  const stage = sending();
  pollSame(stage, 2);
  expect(presenceOf(stage)).toBe('present');
  pollSame(stage, 1);
  expect(presenceOf(stage)).toBe('suspect');
  expect(stage.told('alert.opened')).toEqual([
    {
      type: 'alert.opened',
      alert: {
        key: 'suspect',
        severity: 'warning',
        message: 'no packets although the server says connected',
        openedAt: stage.now,
        evidence: { emptyPolls: 3, packetsBySid: { [mic]: 10 } },
      },
    },
  ]);
});

it('[SES-7] is trusted again with the next packet', () => {
  const stage = sending();
  pollSame(stage, 5);
  stage.poll({ [mic]: 11 });
  expect(presenceOf(stage)).toBe('present');
  expect(stage.told('alert.opened')).toHaveLength(1);
  expect(stage.told('alert.resolved')).toMatchObject([
    { alert: { key: 'suspect', resolvedAt: stage.now } },
  ]);
});

it('[SES-7] is no longer suspect once the server says that it left', () => {
  const stage = sending();
  pollSame(stage, 3);
  stage.pass(5_000);
  stage.leave();
  expect(presenceOf(stage)).toEqual({ absent: 'grace' });
  expect(stage.told('alert.resolved')).toMatchObject([{ alert: { resolvedAt: stage.now } }]);
  stage.poll({});
  stage.pass(2_000);
  expect(stage.told('alert.resolved')).toHaveLength(1);
});

it('[SES-7] is not suspect for the few packets of silence', () => {
  const stage = sending();
  for (let packets = 12; packets < 40; packets += 2) stage.poll({ [mic]: packets });
  expect(presenceOf(stage)).toBe('present');
});

it('[SES-7] is not suspect before its first packet', () => {
  const stage = new SessionStage();
  stage.arrive([microphone]);
  for (let polls = 0; polls < 20; polls += 1) stage.poll({ [mic]: 0 });
  expect(presenceOf(stage)).toBe('present');
});

it('[SES-7] is not suspect while muted, nor while only disabled tracks are left', () => {
  const stage = sending([microphone, screen]);
  stage.track('track.muted', mic);
  for (let polls = 0; polls < 10; polls += 1) stage.poll({ [mic]: 10, [screen.sid]: 4 });
  expect(presenceOf(stage)).toBe('present');
});

it('[SES-7] is not suspect while a new camera has not begun to send', () => {
  const stage = sending();
  stage.track('track.muted', mic);
  stage.publish(camera);
  for (let polls = 0; polls < 10; polls += 1) stage.poll({ [mic]: 10, [camera.sid]: 0 });
  expect(presenceOf(stage)).toBe('present');
});

it('[SES-7] is not suspect as long as one track brings packets', () => {
  const stage = sending([microphone, camera]);
  for (let packets = 1; packets < 9; packets += 1) stage.poll({ [mic]: 10, [camera.sid]: packets });
  expect(presenceOf(stage)).toBe('present');
});

it('[SES-7] is never suspect as an agent', () => {
  const stage = new SessionStage();
  stage.arrive([microphone], alice, { kind: 'agent' });
  stage.poll({ [mic]: 5 });
  pollSame(stage, 6);
  expect(presenceOf(stage)).toBe('present');
});

it('[SES-7] is not suspect while our own connection is away, and counts anew after it', () => {
  const stage = sending();
  pollSame(stage, 2);
  stage.ownConnection('room.reconnecting');
  pollSame(stage, 6);
  expect(presenceOf(stage)).toBe('present');
  stage.ownConnection('room.reconnected');
  pollSame(stage, 3);
  expect(presenceOf(stage)).toBe('present');
  pollSame(stage, 1);
  expect(presenceOf(stage)).toBe('suspect');
});

it('[SES-7] is no longer suspect when our own connection goes away', () => {
  const stage = sending();
  pollSame(stage, 4);
  stage.pass(300);
  stage.ownConnection('room.reconnecting');
  expect(presenceOf(stage)).toBe('present');
  expect(stage.told('alert.resolved')).toMatchObject([{ alert: { resolvedAt: stage.now } }]);
});

it('[SES-7] does not count the packets of others', () => {
  const stage = sending();
  for (let packets = 1; packets < 5; packets += 1) stage.poll({ [mic]: 10, TR_bob: packets });
  expect(presenceOf(stage)).toBe('suspect');
});

it('[SES-7] begins anew after a rejoin', () => {
  const stage = sending();
  pollSame(stage, 3);
  stage.leave();
  stage.pass(10_000);
  stage.arrive([microphone], { identity: 'alice', sid: 'PA_2' });
  expect(presenceOf(stage)).toBe('present');
  for (let polls = 0; polls < 10; polls += 1) stage.poll({ [mic]: 0 });
  expect(presenceOf(stage)).toBe('present');
});

it('[SES-12] alerts once when the session is longer than 4 h, and resolves it only at the end', () => {
  const stage = new SessionStage();
  stage.arrive();
  stage.pass(4 * 3_600_000 - 1);
  expect(stage.told('alert.opened')).toEqual([]);
  stage.pass(1);
  expect(stage.told('alert.opened')).toMatchObject([
    { alert: { key: 'long_session', severity: 'info', openedAt: T0 + 4 * 3_600_000 } },
  ]);
  stage.leave();
  stage.pass(10_000);
  stage.arrive();
  stage.pass(5 * 3_600_000);
  expect(stage.told('alert.resolved')).toEqual([]);
  stage.say({ type: 'session.end', at: stage.now, reason: 'drained' });
  expect(stage.told('alert.opened')).toHaveLength(1);
  expect(stage.told('alert.resolved')).toMatchObject([{ alert: { resolvedAt: stage.now } }]);
});
