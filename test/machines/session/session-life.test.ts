import { describe, expect, it } from 'vitest';
import type { RosterFact } from '../../../src/machines/events.ts';
import {
  alice,
  aliceAgain,
  bob,
  camera,
  microphone,
  screen,
  T0,
} from '../../support/session-facts.ts';
import { SessionStage } from '../../support/session-stage.ts';

const minute = 60_000;

/** What the session's end says, and when the session ended. */
const outcome = ({ actor, now }: SessionStage) => {
  const { output } = actor.getSnapshot();
  return (
    output && { reason: output.reason, durationMs: output.summary.durationMs, endedAt: now - T0 }
  );
};

describe('awaiting the participant', () => {
  const listing = (stage: SessionStage, ...identities: string[]): RosterFact => ({
    type: 'roster.listed',
    at: stage.now,
    participants: identities.map((identity) => ({
      identity,
      sid: `PA_${identity}`,
      kind: 'standard',
      joinedAt: T0,
      active: true,
      attributes: {},
    })),
  });

  it('[SES-1] follows whoever comes while the time lasts', () => {
    const stage = new SessionStage();
    stage.pass(5 * minute - 1);
    expect(stage.value).toEqual({ awaitingParticipant: 'waiting' });
    stage.arrive();
    expect(stage.told('session.connected')).toEqual([
      { type: 'session.connected', at: stage.now, sid: alice.sid },
    ]);
    stage.pass(60 * minute);
    expect(stage.value).toMatchObject({ connected: { presence: 'present' } });
  });

  it('[SES-2] asks the server once more when the time is over, and waits on for somebody listed', () => {
    const stage = new SessionStage();
    stage.pass(5 * minute);
    expect(stage.told('roster.request')).toHaveLength(1);
    stage.say(listing(stage, 'bob', 'alice'));
    expect(stage.value).toEqual({ awaitingParticipant: 'waiting' });
    stage.pass(5 * minute);
    expect(stage.told('roster.request')).toHaveLength(2);
    stage.arrive();
    expect(stage.value).toMatchObject({ connected: {} });
  });

  it('[SES-2] ends where the server does not list the participant', () => {
    const stage = new SessionStage();
    stage.pass(5 * minute + 40);
    stage.say(listing(stage, 'bob'));
    expect(outcome(stage)).toEqual({
      reason: 'participant_never_connected',
      durationMs: 5 * minute + 40,
      endedAt: 5 * minute + 40,
    });
  });

  it('[SES-2] ends where the server cannot be asked', () => {
    const stage = new SessionStage();
    stage.pass(5 * minute);
    const error = { code: 'E_TEST', message: 'no server', retryable: true };
    stage.say({ type: 'roster.failed', at: stage.now, error });
    expect(outcome(stage)?.reason).toBe('participant_never_connected');
  });

  it('[SES-2] ends where the server does not answer, also after it has listed the participant', () => {
    const stage = new SessionStage();
    stage.pass(5 * minute);
    stage.say(listing(stage, 'alice'));
    stage.pass(5 * minute + 4_999);
    expect(outcome(stage)).toBeUndefined();
    stage.pass(1);
    expect(outcome(stage)).toEqual({
      reason: 'participant_never_connected',
      durationMs: 10 * minute + 5_000,
      endedAt: 10 * minute + 5_000,
    });
  });

  it('[SES-1] follows whoever comes while the server is being asked', () => {
    const stage = new SessionStage();
    stage.pass(5 * minute + 100);
    stage.arrive();
    stage.say(listing(stage));
    stage.pass(10_000);
    expect(stage.value).toMatchObject({ connected: {} });
  });
});

describe('the tracks', () => {
  it('[SES-3] gives each track an actor, asks for its media and takes it away with the track', () => {
    const stage = new SessionStage();
    stage.arrive([microphone]);
    stage.publish(camera);
    stage.publish(screen);
    expect(stage.children).toEqual(['track:TR_cam', 'track:TR_mic', 'track:TR_screen']);
    expect(stage.told('track.setMedia')).toEqual([
      { type: 'track.setMedia', trackSid: microphone.sid, mode: 'media' },
      { type: 'track.setMedia', trackSid: camera.sid, mode: 'media' },
      { type: 'track.setMedia', trackSid: screen.sid, mode: 'signal' },
    ]);
    stage.unpublish(camera.sid);
    expect(stage.children).toEqual(['track:TR_mic', 'track:TR_screen']);
    expect(stage.context.tracks.map(({ sid }) => sid)).toEqual([microphone.sid, screen.sid]);
  });

  it('[SES-3] follows no more tracks than the limit', () => {
    const stage = new SessionStage({ config: { maxTracks: 2 } });
    stage.arrive([microphone, camera, screen]);
    stage.publish({ ...screen, sid: 'TR_late' });
    stage.track('track.muted', 'TR_late');
    expect(stage.children).toEqual(['track:TR_cam', 'track:TR_mic']);
    stage.unpublish(camera.sid);
    stage.publish({ ...camera, sid: 'TR_cam2' });
    expect(stage.children).toEqual(['track:TR_cam2', 'track:TR_mic']);
  });

  it('[SES-3] says when media begins and ceases to flow', () => {
    const stage = new SessionStage();
    stage.arrive([screen, microphone]);
    stage.publish(camera);
    stage.unpublish(microphone.sid);
    expect(stage.told('session.mediaChanged')).toEqual([
      { type: 'session.mediaChanged', flowing: true },
    ]);
    stage.track('track.unsubscribed', camera.sid);
    expect(stage.told('session.mediaChanged').at(-1)).toMatchObject({ flowing: false });
  });

  it('[SES-3] lets no media flow where none is watched', () => {
    const stage = new SessionStage({ watch: { audio: false, video: false } });
    stage.arrive([microphone, camera]);
    expect(stage.told('session.mediaChanged')).toEqual([]);
    expect(stage.told('track.setMedia')).toMatchObject([{ mode: 'signal' }, { mode: 'signal' }]);
  });
});

describe('a leave', () => {
  it('[SES-4] is absence for 2 s', () => {
    const stage = new SessionStage();
    stage.arrive([microphone]);
    stage.leave();
    expect(stage.value).toMatchObject({ connected: { presence: { absent: 'grace' } } });
    stage.pass(1_999);
    expect(stage.told('session.disconnected')).toEqual([]);
    stage.pass(1);
    expect(stage.value).toBe('disconnected');
    expect(stage.told('session.disconnected')).toEqual([{ type: 'session.disconnected', at: T0 }]);
  });

  it('[SES-4] is no leave where the same connection is back, and counts nothing twice', () => {
    const stage = new SessionStage();
    stage.arrive([microphone, camera]);
    stage.pass(1_000);
    stage.leave();
    stage.pass(200);
    stage.arrive([microphone, camera]);
    stage.pass(60_000);
    expect(stage.value).toMatchObject({ connected: { presence: 'present' } });
    expect(stage.told('session.disconnected')).toEqual([]);
    expect(stage.context.totals).toMatchObject({ reconnects: 0, tracks: 2 });
    expect(stage.children).toEqual(['track:TR_cam', 'track:TR_mic']);
  });

  it('[SES-4] of an earlier connection is not one of this', () => {
    const stage = new SessionStage();
    stage.arrive();
    stage.say({ type: 'participant.disconnected', at: stage.now, ...aliceAgain });
    expect(stage.value).toMatchObject({ connected: { presence: 'present' } });
  });

  it('[SES-4] is held while our own connection is away, and given its 2 s after that', () => {
    const stage = new SessionStage();
    stage.arrive();
    stage.ownConnection('room.reconnecting');
    stage.leave();
    stage.pass(20_000);
    expect(stage.value).toMatchObject({ connected: { presence: { absent: 'held' } } });
    stage.ownConnection('room.reconnected');
    stage.pass(1_999);
    expect(stage.value).toMatchObject({ connected: { presence: { absent: 'grace' } } });
    stage.pass(1);
    expect(stage.value).toBe('disconnected');
  });

  it('[SES-4] is held also where our own connection goes away after it', () => {
    const stage = new SessionStage();
    stage.arrive();
    stage.leave();
    stage.pass(1_000);
    stage.ownConnection('room.reconnecting');
    stage.pass(5_000);
    expect(stage.value).toMatchObject({ connected: { presence: { absent: 'held' } } });
    stage.ownConnection('room.reconnected');
    stage.arrive();
    stage.leave();
    expect(stage.value).toMatchObject({ connected: { presence: { absent: 'grace' } } });
  });

  it('[SES-4] is held for 30 s at most', () => {
    const stage = new SessionStage();
    stage.arrive();
    stage.ownConnection('room.reconnecting');
    stage.pass(10_000);
    stage.leave();
    stage.pass(29_999);
    expect(stage.value).toMatchObject({ connected: {} });
    stage.pass(1);
    expect(stage.value).toBe('disconnected');
  });

  it('[SES-4] is absorbed in our own full reconnect', () => {
    const stage = new SessionStage();
    stage.arrive([microphone]);
    stage.ownConnection('room.reconnecting');
    stage.leave();
    stage.pass(100);
    stage.arrive([microphone]);
    stage.ownConnection('room.reconnected');
    stage.pass(60_000);
    expect(stage.value).toMatchObject({ connected: { presence: 'present' } });
    expect(stage.context.totals).toMatchObject({ reconnects: 0, tracks: 1 });
    stage.leave();
    stage.pass(2_000);
    expect(stage.value).toBe('disconnected');
  });
});

describe('a rejoin', () => {
  it('[SES-5] goes on with the same session: totals are kept and the reconnect is counted', () => {
    const stage = new SessionStage();
    stage.arrive([microphone]);
    stage.speak(1_000);
    stage.leave();
    stage.pass(60_000);
    stage.arrive([{ ...microphone, sid: 'TR_mic2' }], aliceAgain);
    stage.speak(500, 0.2, 'TR_mic2');
    stage.leave();
    expect(stage.context).toMatchObject({
      sid: aliceAgain.sid,
      totals: { reconnects: 1, turns: 2, tracks: 2, speakingMs: 1_500, connectedMs: 1_500 },
    });
    expect(stage.told('session.connected')).toMatchObject([
      { sid: alice.sid },
      { sid: aliceAgain.sid },
    ]);
  });

  it('[SES-5] within the 2 s is a leave and a return all the same', () => {
    const stage = new SessionStage();
    stage.arrive();
    stage.quality('lost');
    stage.leave();
    stage.pass(500);
    stage.arrive([microphone], aliceAgain);
    expect(stage.value).toMatchObject({ connected: { presence: 'present', quality: 'unknown' } });
    expect(stage.context.totals.reconnects).toBe(1);
    expect(stage.told('session.disconnected')).toEqual([{ type: 'session.disconnected', at: T0 }]);
    expect(stage.told('alert.resolved')).toMatchObject([{ alert: { key: 'poor_quality' } }]);
    stage.pass(10_000);
    expect(stage.value).toMatchObject({ connected: { presence: 'present' } });
  });

  it('[SES-5] is possible until the time of inactivity is over', () => {
    const stage = new SessionStage();
    stage.arrive();
    stage.leave();
    stage.pass(2_000 + 5 * minute - 1);
    expect(stage.value).toBe('disconnected');
    stage.arrive([], aliceAgain);
    expect(stage.value).toMatchObject({ connected: {} });
  });

  it('[SES-5] of the same connection counts no reconnect', () => {
    const stage = new SessionStage();
    stage.arrive();
    stage.leave();
    stage.pass(10_000);
    stage.arrive();
    expect(stage.context.totals.reconnects).toBe(0);
  });
});

describe('the end', () => {
  it('[SES-6] comes when nobody is back in time', () => {
    const stage = new SessionStage();
    stage.arrive();
    stage.pass(10_000);
    stage.leave();
    stage.pass(2_000 + 5 * minute);
    const durationMs = 12_000 + 5 * minute;
    expect(outcome(stage)).toEqual({ reason: 'participant_left', durationMs, endedAt: durationMs });
  });

  it('[SES-6] knows its time also where the leave was held', () => {
    const stage = new SessionStage();
    stage.arrive();
    stage.ownConnection('room.reconnecting');
    stage.leave();
    stage.pass(7_000);
    stage.ownConnection('room.reconnected');
    stage.pass(2_000 + 5 * minute);
    const durationMs = 9_000 + 5 * minute;
    expect(outcome(stage)).toEqual({ reason: 'participant_left', durationMs, endedAt: durationMs });
  });

  it('[SES-6] comes with the leave where the job wants it so, but not before it is certain', () => {
    const stage = new SessionStage({ endOnDisconnect: true });
    stage.arrive();
    stage.pass(10_000);
    stage.leave();
    stage.pass(1_999);
    expect(outcome(stage)).toBeUndefined();
    stage.pass(1);
    expect(outcome(stage)).toMatchObject({ reason: 'participant_left', durationMs: 10_000 });
  });

  it.each([
    ['while awaiting', (stage: SessionStage) => stage.pass(100)],
    ['while connected', (stage: SessionStage) => stage.arrive([microphone, camera])],
    [
      'while disconnected',
      (stage: SessionStage) => {
        stage.arrive();
        stage.leave();
        stage.pass(3_000);
      },
    ],
  ] as const)('[SES-14] comes whenever the job says so: %s', (_when, lead) => {
    const stage = new SessionStage();
    lead(stage);
    stage.say({ type: 'session.end', at: stage.now, reason: 'drained' });
    expect(stage.value).toBe('ended');
    expect(outcome(stage)?.reason).toBe('drained');
    expect(stage.levels.isOpen(microphone.sid)).toBe(false);
  });

  it('[SES-14] brings the closing figures', () => {
    const stage = new SessionStage();
    stage.pass(1_000);
    stage.arrive([microphone, camera]);
    stage.quality('good');
    stage.speak(1_000);
    stage.speak(3_000, 0);
    stage.poll({ TR_cam: { framesDecoded: 9 } });
    stage.poll({ TR_cam: { framesDecoded: 9 } });
    stage.poll({ TR_cam: { framesDecoded: 9 } });
    stage.say({ type: 'session.end', at: stage.now, reason: 'room_closed' });
    expect(stage.actor.getSnapshot().output).toEqual({
      reason: 'room_closed',
      summary: {
        identity: 'alice',
        startedAt: T0,
        durationMs: 6_500,
        connectedMs: 5_500,
        speakingMs: 1_000,
        speakingShare: 0.182,
        turns: 1,
        tracks: 2,
        reconnects: 0,
        finalQuality: 'good',
        freezes: 1,
        alerts: 1,
        endReason: 'room_closed',
      },
    });
  });

  it('[SES-14] has no share of speech where nobody was connected', () => {
    const stage = new SessionStage();
    stage.say({ type: 'session.end', at: stage.now, reason: 'drained' });
    expect(stage.actor.getSnapshot().output?.summary).toMatchObject({
      speakingShare: 0,
      finalQuality: 'unknown',
    });
  });
});

it('[SES-1] hears nothing of other participants', () => {
  const stage = new SessionStage();
  stage.arrive([microphone]);
  stage.say({ type: 'track.unpublished', at: stage.now, ...bob, trackSid: 'TR_other' });
  expect(stage.children).toEqual(['track:TR_mic']);
});
