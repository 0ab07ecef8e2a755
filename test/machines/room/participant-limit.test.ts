import { describe, expect, it } from 'vitest';
import type { ParticipantInfo, ParticipantRef } from '../../../src/machines/events.ts';
import { roomView } from '../../../src/machines/room/room-analytics.view.ts';
import { RoomStage, refOf } from '../../support/room-facts.ts';
import { participant } from '../../support/session-facts.ts';
import { roomConnected } from '../../support/told-facts.ts';

const alice = refOf('alice');
const bob = refOf('bob');
const carol = refOf('carol');
const dave = refOf('dave');
const active = { active: true };

function enforced(limit: number, ...inside: ParticipantInfo[]): RoomStage {
  const stage = new RoomStage({ PARTICIPANT_LIMIT: limit, ENFORCE_PARTICIPANT_LIMIT: true });
  stage.join(...inside);
  return stage;
}

const asked = (stage: RoomStage) => stage.told('participant.remove');
const messages = (stage: RoomStage) => stage.told('data.publish');
const conditions = (stage: RoomStage, key: string) =>
  stage.reports
    .filter((report) => report.type.startsWith('condition.'))
    .filter((report) => 'key' in report && report.key === key);

const refuse = (stage: RoomStage, who: ParticipantRef) =>
  stage.say({
    type: 'command.failed',
    at: stage.now,
    command: 'participant.remove',
    requestId: `removal:${who.sid}`,
    error: { code: 'E_ROOM_SERVICE', message: 'no such host', retryable: true },
  });

describe('as an alert', () => {
  it('[RAN-12] tells of those over the limit, and that the room is within it again', () => {
    const stage = new RoomStage({ PARTICIPANT_LIMIT: 1 });
    stage.join(participant(alice));
    stage.enter(bob);
    stage.enter(refOf('helper'), { kind: 'agent' });
    stage.enter(carol);
    stage.pass(30_000);
    stage.exit(bob);
    stage.exit(carol);
    expect(conditions(stage, 'participant_limit')).toMatchObject([
      { type: 'condition.met', severity: 'warning', evidence: { participants: 2, over: ['bob'] } },
      {
        type: 'condition.met',
        resolveAfterMs: 5_000,
        evidence: { limit: 1, participants: 3, over: ['carol', 'bob'] },
      },
      { type: 'condition.gone' },
    ]);
    expect(asked(stage)).toEqual([]);
  });

  it('[RAN-12] is silent at the limit, and without one', () => {
    for (const stage of [new RoomStage({ PARTICIPANT_LIMIT: 1 }), new RoomStage()]) {
      stage.join(participant(alice));
      expect(conditions(stage, 'participant_limit')).toEqual([]);
    }
  });

  it('[RAN-12] is not raised by a full reconnect of our own', () => {
    const stage = new RoomStage({ PARTICIPANT_LIMIT: 1 });
    stage.join(participant(alice));
    stage.say({ type: 'room.reconnecting', at: stage.now });
    stage.exit(alice);
    stage.enter(alice);
    stage.say({ type: 'room.reconnected', at: stage.now });
    expect(conditions(stage, 'participant_limit')).toEqual([]);
  });
});

describe('enforced', () => {
  it('[RAN-13] tells the newest why, and removes it when it has had the time to hear it', () => {
    const stage = enforced(1, participant(alice, active));
    stage.enter(bob, active);
    expect(messages(stage)).toMatchObject([
      {
        topic: 'participant_limit',
        to: ['bob'],
        payload: {
          type: 'participant_limit',
          action: 'removed',
          limit: 1,
          reason: 'This room is limited to 1 participants.',
          agent: 'room-analytics',
          job_id: 'AJ_1',
        },
      },
    ]);
    stage.pass(499);
    expect(asked(stage)).toEqual([]);
    stage.pass(1);
    const requestId = 'removal:PA_bob_1';
    expect(asked(stage)).toEqual([{ type: 'participant.remove', identity: 'bob', requestId }]);
    stage.exit(bob);
    expect(roomView(stage.actor.getSnapshot())).toMatchObject({ removing: [], removals: 1 });
    expect(stage.value).toMatchObject({ watching: { limit: 'within' } });
    expect(Object.keys(stage.actor.getSnapshot().children)).toEqual([]);
  });

  it('[RAN-13] waits until somebody can hear it, and not for ever', () => {
    const stage = enforced(1, participant(alice, active));
    stage.enter(bob);
    stage.enter(carol);
    expect(messages(stage)).toEqual([]);
    stage.pass(1_000);
    stage.say({ type: 'participant.active', at: stage.now, ...bob });
    expect(messages(stage)).toMatchObject([{ to: ['bob'] }]);
    stage.pass(500);
    expect(asked(stage)).toMatchObject([{ identity: 'bob' }]);
    stage.pass(1_500);
    expect(asked(stage)).toMatchObject([{ identity: 'bob' }, { identity: 'carol' }]);
    expect(messages(stage)).toHaveLength(1);
  });

  it('[RAN-13] never removes agents and recorders', () => {
    const stage = enforced(1, participant(alice, active));
    stage.enter(refOf('phone'), { kind: 'sip', ...active });
    stage.enter(refOf('helper'), { kind: 'agent', ...active });
    stage.enter(refOf('recorder'), { kind: 'egress', ...active });
    stage.pass(60_000);
    expect(asked(stage)).not.toEqual([]);
    for (const command of asked(stage)) expect(command).toMatchObject({ identity: 'phone' });
  });

  it('[RAN-20] removes whoever came last, though somebody who came before is told of later', () => {
    const stage = enforced(2, participant(alice, active));
    const cameAt = stage.now;
    stage.pass(1_000);
    stage.enter(carol, active);
    stage.pass(2_000);
    stage.enter(bob, { ...active, joinedAt: cameAt + 100 });
    expect(stage.told('roster.request')).toEqual([]);
    expect(conditions(stage, 'participant_limit').at(-1)).toMatchObject({
      evidence: { over: ['carol'] },
    });
    stage.pass(500);
    expect(asked(stage)).toMatchObject([{ identity: 'carol' }]);
  });

  it.each([-3_600_000, 3_600_000])(
    '[RAN-20] takes the order from the clock of the server, with ours %i ms off',
    (aheadMs) => {
      const stage = new RoomStage({ PARTICIPANT_LIMIT: 1, ENFORCE_PARTICIPANT_LIMIT: true });
      const joinedAt = stage.now - aheadMs;
      stage.join(participant(alice, { ...active, joinedAt }));
      stage.pass(1_000);
      stage.enter(bob, { ...active, joinedAt: joinedAt + 1_000 });
      stage.pass(500);
      expect(asked(stage)).toMatchObject([{ identity: 'bob' }]);
      // How long somebody was there is said by our clock alone.
      stage.exit(alice);
      expect(stage.told('webhook.send').at(-1)).toMatchObject({
        event: 'participant_left',
        at: stage.now,
        data: { durationMs: 1_500 },
      });
    },
  );

  it('[RAN-13] asks a server that does not say of itself who came first, once for all', () => {
    const stage = new RoomStage({ PARTICIPANT_LIMIT: 2, ENFORCE_PARTICIPANT_LIMIT: true });
    const inside = [alice, bob, carol].map((ref) => participant(ref, active));
    stage.say(roomConnected(stage.now, inside));
    expect(stage.told('roster.request')).toHaveLength(1);
    const entry = { kind: 'standard' as const, active: true, attributes: {} };
    stage.say({
      type: 'roster.listed',
      at: stage.now,
      participants: [
        { ...alice, ...entry, joinedAt: 3_000 },
        { ...bob, ...entry, joinedAt: 1_000 },
        { ...carol, ...entry, joinedAt: 2_000 },
      ],
    });
    // Whoever comes after the list is newer than all on it.
    stage.say({
      type: 'participant.connected',
      at: stage.now,
      participant: participant(dave, active),
    });
    stage.pass(500);
    expect(asked(stage)).toMatchObject([{ identity: 'alice' }, { identity: 'dave' }]);
    expect(stage.told('roster.request')).toHaveLength(1);
  });

  it('[RAN-13] takes the order of the join where the server does not say', () => {
    const stage = new RoomStage({ PARTICIPANT_LIMIT: 1, ENFORCE_PARTICIPANT_LIMIT: true });
    const inside = [alice, bob].map((ref) => participant(ref, active));
    stage.say(roomConnected(stage.now, inside));
    stage.pass(5_500);
    expect(asked(stage)).toMatchObject([{ identity: 'bob' }]);
  });

  it('[RAN-13] removes nobody where somebody leaves meanwhile, and takes its word back', () => {
    const stage = enforced(2, participant(alice, active), participant(bob, active));
    stage.enter(carol, active);
    stage.pass(300);
    stage.exit(alice);
    stage.pass(10_000);
    expect(asked(stage)).toEqual([]);
    expect(messages(stage)).toMatchObject([
      { to: ['carol'], payload: { action: 'removed' } },
      { to: ['carol'], payload: { action: 'kept' } },
    ]);
  });

  it('[RAN-13] spares the older one where one of two can stay', () => {
    const stage = enforced(2, participant(alice, active), participant(bob, active));
    stage.enter(carol, active);
    stage.enter(dave, active);
    stage.exit(alice);
    stage.pass(500);
    expect(asked(stage)).toMatchObject([{ identity: 'dave' }]);
  });

  it('[RAN-13] says nothing more of removals once the job ends', () => {
    const stage = enforced(1, participant(alice, active));
    stage.enter(bob, active);
    stage.end();
    stage.pass(60_000);
    expect(asked(stage)).toEqual([]);
    expect(Object.keys(stage.actor.getSnapshot().children)).toEqual([]);
  });
});

describe('where removal does not work', () => {
  it('[RAN-16] removes again who comes back, until it has come back too often', () => {
    const stage = enforced(1, participant(alice, active));
    for (let visit = 1; visit <= 7; visit += 1) {
      const again = refOf('bob', visit);
      stage.enter(again, active);
      stage.pass(1_000);
      if (visit < 7) stage.exit(again);
    }
    expect(asked(stage)).toHaveLength(5);
    expect(conditions(stage, 'participant_limit_evaded')).toMatchObject([
      { type: 'condition.met', evidence: { limit: 1, who: ['bob'] } },
      { type: 'condition.gone' },
      { type: 'condition.met' },
    ]);
    // Once the removals are older than a minute, the next status takes it up again.
    stage.pass(90_000);
    expect(asked(stage).length).toBeGreaterThan(5);
  });

  it('[RAN-16] tells of a refusal, and tries again with the next status', () => {
    const stage = enforced(1, participant(alice, active));
    stage.enter(bob, active);
    stage.pass(500);
    refuse(stage, bob);
    expect(conditions(stage, 'participant_limit_unenforced')).toMatchObject([
      { type: 'condition.met', evidence: { who: ['bob'], problem: 'no such host' } },
    ]);
    expect(asked(stage)).toHaveLength(1);
    stage.pass(30_000);
    expect(asked(stage)).toHaveLength(2);
    stage.exit(bob);
    expect(conditions(stage, 'participant_limit_unenforced').at(-1)).toMatchObject({
      type: 'condition.gone',
    });
  });

  it('[RAN-21] takes a refusal for that of the one removal it is of', () => {
    const stage = enforced(1, participant(alice, active));
    stage.enter(bob, active);
    stage.enter(carol, active);
    stage.pass(500);
    refuse(stage, carol);
    // A rule's request for the same one.
    stage.say({
      type: 'command.failed',
      at: stage.now,
      command: 'participant.remove',
      requestId: 'rule:guests',
      error: { code: 'E_ROOM_SERVICE', message: 'no such host', retryable: true },
    });
    expect(conditions(stage, 'participant_limit_unenforced')).toMatchObject([
      { type: 'condition.met', evidence: { who: ['carol'] } },
    ]);
    stage.exit(bob);
    expect(roomView(stage.actor.getSnapshot())).toMatchObject({ removals: 1 });
  });

  it('[RAN-16] tells of somebody who is still there 5 s after the request', () => {
    const stage = enforced(1, participant(alice, active));
    stage.enter(bob, active);
    stage.pass(5_500);
    expect(conditions(stage, 'participant_limit_unenforced')).toMatchObject([
      { evidence: { problem: 'the participant is still there' } },
    ]);
  });

  it('[RAN-16] asks for nobody again while our own connection is away', () => {
    const stage = enforced(1, participant(alice, active));
    stage.enter(bob, active);
    stage.pass(500);
    refuse(stage, bob);
    stage.say({ type: 'room.reconnecting', at: stage.now });
    // That identity may be an agent's by now.
    stage.pass(60_000);
    expect(asked(stage)).toHaveLength(1);
    stage.say({ type: 'room.reconnected', at: stage.now });
    stage.pass(60_000);
    expect(asked(stage).length).toBeGreaterThan(1);
  });

  it('[RAN-16] does not take the failure of another command for its own', () => {
    const stage = enforced(1, participant(alice, active));
    stage.enter(bob, active);
    stage.pass(500);
    stage.say({
      type: 'command.failed',
      at: stage.now,
      command: 'track.setMedia',
      error: { code: 'E_TEST', message: 'no', retryable: true },
    });
    expect(conditions(stage, 'participant_limit_unenforced')).toEqual([]);
  });
});
