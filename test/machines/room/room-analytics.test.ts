import { describe, expect, it } from 'vitest';
import { roomView } from '../../../src/machines/room/room-analytics.view.ts';
import { RoomStage, refOf } from '../../support/room-facts.ts';
import { camera, microphone, participant, screen, statsOf } from '../../support/session-facts.ts';

const alice = refOf('alice');
const bob = refOf('bob');

/** Alice is inside with microphone and camera. */
function withAlice(...settings: ConstructorParameters<typeof RoomStage>): RoomStage {
  const stage = new RoomStage(...settings);
  stage.join(participant(alice, { tracks: [microphone, camera] }));
  return stage;
}

const viewOf = (stage: RoomStage) => roomView(stage.actor.getSnapshot());

const endOf = (stage: RoomStage) => {
  stage.end();
  return stage.told('summary.made');
};

describe('who is there', () => {
  it('[RAN-1] is counted from the join on, with those who were there, by joins and leaves', () => {
    const stage = withAlice();
    stage.pass(1_000);
    stage.enter(bob);
    stage.pass(2_000);
    stage.exit(bob);
    stage.enter(refOf('bob', 2));
    expect(endOf(stage)).toMatchObject([
      {
        summary: {
          kind: 'room_summary',
          room: 'support',
          roomSid: 'RM_1',
          durationMs: 3_000,
          participants: 2,
          peakParticipants: 2,
          joins: 3,
          leaves: 1,
          identities: 2,
          identitiesAreExact: true,
          endReason: 'room_closed',
          joinsByKind: { standard: 3 },
        },
      },
    ]);
  });

  it('[RAN-1] counts agents and recorders by their kinds only', () => {
    const stage = withAlice();
    stage.enter(refOf('helper'), { kind: 'agent' });
    stage.enter(refOf('recorder'), { kind: 'egress' });
    stage.enter(refOf('phone'), { kind: 'sip' });
    expect(endOf(stage)).toMatchObject([
      {
        summary: {
          participants: 2,
          joins: 2,
          identities: 2,
          joinsByKind: { standard: 1, agent: 1, egress: 1, sip: 1 },
        },
      },
    ]);
  });

  it('[RAN-1] takes a new connection of the same identity for a leave and a join', () => {
    const stage = withAlice();
    stage.enter(refOf('alice', 2));
    expect(stage.context.census).toMatchObject({ present: 1, joins: 2, leaves: 1 });
    stage.exit(alice);
    expect(stage.context.census).toMatchObject({ present: 1, leaves: 1 });
  });

  it('[RAN-2] is told by webhooks as they come and leave', () => {
    const stage = withAlice();
    stage.enter(bob, { metadata: 'vip' });
    stage.pass(2_000);
    stage.exit(bob);
    expect(stage.told('webhook.send')).toMatchObject([
      { event: 'room_status', participant: null },
      {
        event: 'participant_joined',
        participant: bob,
        data: { kind: 'standard', name: 'bob', metadata: 'vip' },
      },
      { event: 'participant_left', participant: bob, data: { durationMs: 2_000 } },
    ]);
  });
});

describe('a full reconnect of our own', () => {
  const restart = (stage: RoomStage, back: () => void) => {
    stage.say({ type: 'room.reconnecting', at: stage.now });
    for (const { sid: trackSid } of [microphone, camera]) {
      stage.say({ type: 'track.unpublished', at: stage.now, ...alice, trackSid });
    }
    stage.exit(alice);
    stage.pass(200);
    back();
    stage.say({ type: 'room.reconnected', at: stage.now });
  };

  it('[RAN-3] is no leave and no join, and no track ends by it', () => {
    const stage = withAlice();
    const before = stage.context.census;
    restart(stage, () => stage.enter(alice, { tracks: [microphone, camera] }));
    stage.pass(5_000);
    expect(stage.context.census).toEqual(before);
    expect(stage.told('webhook.send')).toHaveLength(1);
    // The new subscription is asked for.
    expect(stage.told('track.setMedia')).toHaveLength(4);
  });

  it('[RAN-3] shows who has left meanwhile, at the time of the leave', () => {
    const stage = withAlice();
    restart(stage, () => {});
    expect(stage.context.census.leaves).toBe(0);
    const { now } = stage;
    stage.pass(2_000);
    expect(stage.context.census).toMatchObject({ present: 0, leaves: 1, tracks: { camera: 0 } });
    expect(stage.told('webhook.send').at(-1)).toMatchObject({
      event: 'participant_left',
      at: now - 200,
    });
  });

  it('[RAN-3] shows which tracks have ended meanwhile', () => {
    const stage = withAlice();
    restart(stage, () => stage.enter(alice, { tracks: [microphone] }));
    stage.pass(2_000);
    expect(stage.context.census.tracks).toMatchObject({ microphone: 1, camera: 0 });
  });

  it('[RAN-3] brings what somebody changed about themselves meanwhile', () => {
    const stage = withAlice();
    stage.say({
      ...{ type: 'participant.attributesChanged', at: stage.now, ...alice },
      attributes: { hand: 'raised', seat: '1' },
    });
    const tracks = [microphone, camera];
    restart(stage, () =>
      stage.enter(alice, { tracks, metadata: 'vip', attributes: { seat: '2' } }),
    );
    expect(viewOf(stage).participants).toMatchObject([
      { identity: 'alice', metadata: 'vip', attributes: { seat: '2' } },
    ]);
    expect(viewOf(stage).participants[0]?.attributes).not.toHaveProperty('hand');
    const { changes } = stage.context.census.people.flat()[0] ?? {};
    expect(changes?.slice(-2)).toEqual([
      { at: stage.now, metadata: 'vip' },
      { at: stage.now, attributes: { hand: '', seat: '2' } },
    ]);
  });

  it('[RAN-3] that begins anew before it has settled is one', () => {
    const stage = withAlice();
    restart(stage, () => {});
    stage.pass(1_000);
    stage.say({ type: 'room.reconnecting', at: stage.now });
    stage.pass(10_000);
    stage.enter(alice, { tracks: [microphone, camera] });
    stage.say({ type: 'room.reconnected', at: stage.now });
    stage.pass(2_000);
    expect(stage.context.census).toMatchObject({ present: 1, joins: 1, leaves: 0 });
  });
});

describe('tracks', () => {
  it('[RAN-4] are subscribed for their signalling, and counted by source', () => {
    const stage = withAlice();
    stage.say({ type: 'track.published', at: stage.now, ...alice, track: screen });
    const about = { at: stage.now, ...alice };
    stage.say(
      { type: 'track.subscribed', ...about, trackSid: microphone.sid },
      { type: 'track.muted', ...about, trackSid: microphone.sid },
      {
        type: 'track.subscriptionFailed',
        ...about,
        trackSid: screen.sid,
        error: { code: 'E_TEST', message: 'no', retryable: false },
      },
      { type: 'track.unpublished', ...about, trackSid: camera.sid },
    );
    expect(stage.told('track.setMedia')).toMatchObject(
      [microphone, camera, screen].map(({ sid: trackSid }) => ({ trackSid, mode: 'signal' })),
    );
    expect(viewOf(stage)).toMatchObject({
      figures: {
        tracks: { microphone: 1, camera: 0, screen_share: 1 },
        peakTracks: 3,
        tracksPublished: 3,
      },
      mutedTracks: 1,
      subscribedTracks: 1,
      subscriptionFailures: 1,
    });
    expect(stage.stats.isOpen).toBe(false);
  });

  it('[RAN-5] are measured where that is wanted: last and worst, while there are any', () => {
    const stage = new RoomStage({ TRACK_QUALITY: true });
    stage.join(participant(alice));
    expect(stage.stats.isOpen).toBe(false);
    stage.say({ type: 'track.published', at: stage.now, ...alice, track: camera });
    expect(stage.told('track.setMedia')).toMatchObject([{ mode: 'media' }]);
    const poll = (packetsReceived: number, packetsLost: number, framesDecoded: number) => {
      stage.pass(500);
      stage.stats.say({
        type: 'stats.sampled',
        at: stage.now,
        roundTripTimeMs: null,
        availableIncomingBitrate: null,
        tracks: [
          statsOf(camera.sid, packetsReceived, {
            packetsLost,
            framesDecoded,
            jitterMs: packetsLost,
            width: 640,
            height: 360,
          }),
        ],
      });
    };
    poll(100, 0, 15);
    poll(190, 10, 30);
    poll(900, 10, 37);
    expect(viewOf(stage).participants[0]?.tracks).toMatchObject([
      {
        last: { lossShare: 0.012, jitterMs: 10 },
        worst: { lossShare: 0.1, jitterMs: 10 },
      },
    ]);
    const frameRates = viewOf(stage).participants[0]?.tracks[0];
    expect(frameRates?.worst?.frameRateHz).toBeLessThan(30);
    stage.say({ type: 'track.unpublished', at: stage.now, ...alice, trackSid: camera.sid });
    expect(stage.stats.isOpen).toBe(false);
  });
});

describe('what the server says of everybody', () => {
  it('[RAN-6] who speaks: turns and speaking time', () => {
    const stage = withAlice();
    stage.enter(bob);
    const speak = (...identities: string[]) =>
      stage.say({ type: 'room.speakersChanged', at: stage.now, identities });
    speak('alice');
    stage.pass(1_000);
    speak('bob', 'alice');
    stage.pass(500);
    speak('bob');
    stage.pass(250);
    stage.exit(bob);
    speak('somebody');
    expect(viewOf(stage)).toMatchObject({
      speakers: ['somebody'],
      participants: [{ identity: 'alice', turns: 1, speakingMs: 1_500 }],
    });
    expect(endOf(stage)).toMatchObject([
      { summary: { turns: 2, speakingMs: 2_250, peakSpeakers: 2 } },
    ]);
  });

  it('[RAN-6] a turn that goes on at the end counts until then', () => {
    const stage = withAlice();
    stage.say({ type: 'room.speakersChanged', at: stage.now, identities: ['alice'] });
    stage.pass(3_000);
    expect(endOf(stage)).toMatchObject([{ summary: { turns: 1, speakingMs: 3_000 } }]);
  });

  it('[RAN-7] quality, metadata and attributes, with their last changes', () => {
    const stage = withAlice();
    const about = { ...alice, at: stage.now };
    stage.say({ type: 'participant.qualityChanged', ...about, quality: 'poor' });
    for (const number of [1, 2, 3, 4, 5, 6]) {
      stage.say({ type: 'participant.metadataChanged', ...about, metadata: `m${number}` });
    }
    stage.say({
      type: 'participant.attributesChanged',
      ...about,
      attributes: { seat: '4', hand: 'up' },
    });
    stage.say({ type: 'participant.attributesChanged', ...about, attributes: { hand: '' } });
    stage.say({ type: 'participant.active', ...about });
    const view = viewOf(stage);
    expect(view.qualities).toEqual({ unknown: 0, excellent: 0, good: 0, poor: 1, lost: 0 });
    expect(view.participants).toMatchObject([
      {
        quality: 'poor',
        qualityAt: stage.now,
        active: true,
        metadata: 'm6',
        attributes: { seat: '4' },
      },
    ]);
    expect(view.participants[0]?.attributes).not.toHaveProperty('hand');
    expect(view.participants[0]?.changes).toHaveLength(5);
  });

  it('[RAN-7] keeps the last 20 metadata of the room, and their beginnings', () => {
    const stage = withAlice();
    for (let count = 0; count < 25; count += 1) {
      stage.say({ type: 'room.metadataChanged', at: stage.now, metadata: `${count}`.repeat(400) });
    }
    const { metadata } = viewOf(stage);
    expect(metadata).toHaveLength(20);
    expect(metadata.at(-1)?.metadata).toBe(`${'24'.repeat(250)}…`);
  });
});

describe('the status', () => {
  it('[RAN-8] is told at the join, every interval and at the end', () => {
    const stage = withAlice();
    stage.pass(60_000);
    stage.end();
    expect(stage.told('figures.reported')).toMatchObject(
      [0, 30_000, 60_000, 60_000].map((durationMs, index) => ({
        figures: { kind: 'room', durationMs, state: index === 3 ? 'ended' : 'active' },
      })),
    );
  });

  it('[RAN-8] and the summary are told once, and nothing after them', () => {
    const stage = withAlice();
    stage.end();
    expect(stage.reports.slice(-2).map(({ type }) => type)).toEqual(['summary.made', 'job.end']);
    const count = stage.reports.length;
    stage.enter(bob);
    stage.end();
    stage.pass(60_000);
    expect(stage.reports).toHaveLength(count);
    expect(viewOf(stage)).toMatchObject({ state: 'ended', figures: { participants: 1 } });
  });
});
