import { createActor, type EventObject } from 'xstate';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { Alert, ErrorInfo } from '../../../src/machines/events.ts';
import type { Rule, RuleAction, RuleCondition } from '../../../src/machines/rules/rule.ts';
import { rulesMachine, type RuleCall } from '../../../src/machines/rules/rules.machine.ts';
import { monitorInput } from '../../support/monitor-facts.ts';
import { PortSlot } from '../../support/port-slot.ts';
import { alice, bob, microphone, participant, T0 } from '../../support/session-facts.ts';
import { startUnderParent } from '../../support/start-under-parent.ts';
import { roomConnected } from '../../support/told-facts.ts';

const rule = (name: string, when: RuleCondition, ...then: RuleAction[]): Rule => ({
  name,
  agents: [],
  room: '*',
  when,
  then,
  cooldownMs: 0,
});
const webhook = (event: string): RuleAction => ({ do: 'webhook', event, url: null });
const onTopic = (topic: string): RuleCondition => ({ fact: 'data.received', where: { topic } });

const follow = (...rules: Rule[]) => followFor(null, ...rules);

/** In a job for this identity, which somebody else triggered. */
function followFor(identity: string | null, ...rules: Rule[]) {
  const clock = new VirtualClock(T0);
  const functions = new PortSlot<Record<string, never>, RuleCall>();
  const machine = rulesMachine.provide({ actors: { functions: functions.logic } });
  const agent = monitorInput();
  const triggered = { ...agent, job: { ...agent.job, participant: participant(bob) } };
  const input = { rules, agent: triggered, identity };
  const { actor, reports } = startUnderParent(clock, (under) =>
    createActor(machine, { ...under, input, clock }),
  );
  const at = T0;
  actor.send(roomConnected(at, [participant(alice, { tracks: [microphone] })]));
  const say = (topic: string) =>
    actor.send({
      type: 'data.received',
      at: clock.now(),
      sender: alice,
      topic,
      sizeBytes: 1,
      text: 'x',
      truncated: false,
    });
  return { clock, actor, reports, at, say, functions };
}

const typesOf = (events: readonly EventObject[]): unknown[] =>
  events.map((event) => ('event' in event ? event.event : event.type));

describe('rules and those who are there', () => {
  it('[RUL-12] hear of who is inside as of arrivals, once', () => {
    const { reports } = follow(
      rule('came', { fact: 'participant.connected', where: {} }, webhook('came')),
      rule('track', { fact: 'track.published', where: {} }, { do: 'mute', source: 'all' }),
    );
    expect(reports).toMatchObject([
      { type: 'webhook.send', event: 'came', participant: alice },
      { type: 'track.mute', identity: 'alice', trackSid: microphone.sid, requestId: 'rule:track' },
    ]);
  });

  it('[RUL-13] take a full reconnect of our own for no leave and no arrival, and see who did leave or come', () => {
    const { actor, reports, at } = follow(
      rule('came', { fact: 'participant.connected', where: {} }, webhook('came')),
      rule('left', { fact: 'participant.disconnected', where: {} }, webhook('left')),
      rule('track', { fact: 'track.published', where: {} }, webhook('track')),
    );
    actor.send({ type: 'participant.connected', at, participant: participant(bob) });
    reports.splice(0);
    actor.send({ type: 'room.reconnecting', at });
    const { sid: trackSid } = microphone;
    actor.send({ type: 'track.unpublished', at, ...alice, trackSid });
    actor.send({ type: 'participant.disconnected', at, ...alice });
    actor.send({ type: 'participant.disconnected', at, ...bob });
    actor.send({
      type: 'participant.connected',
      at,
      participant: participant(alice, { tracks: [microphone] }),
    });
    const carol = { identity: 'carol', sid: 'PA_carol' };
    actor.send({ type: 'participant.connected', at, participant: participant(carol) });
    expect(reports).toEqual([]);
    actor.send({ type: 'room.reconnected', at });
    expect(reports).toMatchObject([
      { event: 'left', participant: bob },
      { event: 'came', participant: carol },
    ]);
  });
});

describe('rules in a large room', () => {
  it('[RUL-36] hear of who left during our absence, however many returned', () => {
    const { actor, reports, at } = follow(
      rule('left', { fact: 'participant.disconnected', where: {} }, webhook('left')),
    );
    const refs = Array.from({ length: 1_500 }, (_, index) => ({
      identity: `guest-${index}`,
      sid: `PA_${index}`,
    }));
    const come = (from: number) => {
      for (const ref of refs.slice(from)) {
        actor.send({ type: 'participant.connected', at, participant: participant(ref) });
      }
    };
    come(0);
    actor.send({ type: 'room.reconnecting', at });
    for (const ref of refs) actor.send({ type: 'participant.disconnected', at, ...ref });
    come(1);
    actor.send({ type: 'room.reconnected', at });
    expect(reports).toMatchObject([{ event: 'left', participant: refs[0] }]);
  });
});

describe('rules and alerts', () => {
  const out = rule(
    'out',
    { alert: '*', is: 'opened', severity: [] },
    { do: 'mute', source: 'all' },
    { do: 'remove' },
  );
  const opened = (key: string, evidence: Alert['evidence'] = {}) =>
    ({
      type: 'alert.opened',
      alert: { key, severity: 'warning', message: '', openedAt: T0, evidence },
    }) as const;

  it('[RUL-34] act on whom the evidence names, else on whom the job is for, and never on who triggered it', () => {
    const { actor, reports, at } = followFor('alice', out);
    actor.send({ type: 'participant.connected', at, participant: participant(bob) });
    actor.send(opened('poor_quality'));
    expect(reports).toMatchObject([
      { type: 'track.mute', identity: 'alice' },
      { type: 'participant.remove', identity: 'alice' },
    ]);
    reports.splice(0);
    actor.send(opened('loud', { identity: 'bob' }));
    expect(reports).toMatchObject([{ type: 'participant.remove', identity: 'bob' }]);
    reports.splice(0);
    actor.send(opened('loud', { identity: 'carol, who has left' }));
    expect(reports).toEqual([]);
  });

  it.each<[string | null, string]>([
    [null, 'participant_limit'],
    ['alice', 'rule:other'],
    ['alice', 'alerts_overflow'],
  ])(
    '[RUL-35] in a job for %s make an alert of their own of %s, which is about nobody',
    (identity, key) => {
      const { actor, reports } = followFor(
        identity,
        rule('out', out.when, { do: 'remove' }),
        rule('say', out.when, { do: 'data', topic: 't', payload: {}, to: 'participant' }),
      );
      actor.send(opened(key));
      const error = {
        code: 'E_RULE',
        message: `the alert ${key} is about nobody: its evidence has no identity`,
      };
      expect(reports).toMatchObject([
        {
          type: 'condition.met',
          key: 'rule:out',
          evidence: { action: 'participant.remove', error },
        },
        { type: 'condition.met', key: 'rule:say', evidence: { action: 'data.publish', error } },
      ]);
    },
  );
});

describe('the recording of a room', () => {
  const recorded = () =>
    follow(
      rule('on', onTopic('on'), {
        do: 'startRecording',
        recording: { filepath: 'x.mp4', layout: 'grid', audioOnly: false },
      }),
      rule('off', onTopic('off'), { do: 'stopRecording' }),
    );

  it('[RUL-14] is one at a time; what is wanted before the answer comes is done after it', () => {
    const { actor, reports, at, say } = recorded();
    say('off');
    expect(typesOf(reports)).toEqual([]);
    say('on');
    say('on');
    say('off');
    expect(typesOf(reports)).toEqual(['recording.start']);
    // Somebody else's.
    actor.send({ type: 'recording.started', at, recordingId: 'EG_0' });
    actor.send({ type: 'recording.started', at, requestId: 'rule:on', recordingId: 'EG_1' });
    expect(reports.at(-1)).toMatchObject({ type: 'recording.stop', recordingId: 'EG_1' });
    say('on');
    actor.send({ type: 'recording.stopped', at, requestId: 'rule:off', recordingId: 'EG_1' });
    expect(typesOf(reports)).toEqual(['recording.start', 'recording.stop', 'recording.start']);
  });

  it('[RUL-37] is wanted again where it may have ended by itself, and is then the one that the server names', () => {
    const { actor, reports, at, say } = recorded();
    const answer = (recordingId: string) =>
      actor.send({ type: 'recording.started', at, requestId: 'rule:on', recordingId });
    say('on');
    expect(reports.at(-1)).not.toHaveProperty('unlessGoesOn');
    answer('EG_1');
    say('on');
    expect(reports.at(-1)).toMatchObject({ type: 'recording.start', unlessGoesOn: 'EG_1' });
    answer('EG_2');
    say('off');
    expect(reports.at(-1)).toMatchObject({ type: 'recording.stop', recordingId: 'EG_2' });
  });

  it('[RUL-38] is still the known one where the server cannot say whether it goes on', () => {
    const error: ErrorInfo = { code: 'E_NO_EGRESS', message: 'nobody', retryable: true };
    const { actor, reports, at, say } = recorded();
    const fail = () =>
      actor.send({
        type: 'command.failed',
        at,
        requestId: 'rule:on',
        command: 'recording.start',
        error,
      });
    say('on');
    actor.send({ type: 'recording.started', at, requestId: 'rule:on', recordingId: 'EG_1' });
    say('on');
    fail();
    say('on');
    say('off');
    fail();
    expect(typesOf(reports).filter((type) => type !== 'condition.met')).toEqual([
      'recording.start',
      'recording.start',
      'recording.start',
      'recording.stop',
    ]);
    expect(reports.findLast(({ type }) => type === 'recording.stop')).toMatchObject({
      recordingId: 'EG_1',
    });
  });

  it('[RUL-15] that cannot be made is an alert of the rule that asked, until it has gone well', () => {
    const { actor, clock, reports, at, say } = recorded();
    const error: ErrorInfo = { code: 'E_NO_EGRESS', message: 'nobody', retryable: true };
    const failed = { type: 'command.failed', at, command: 'recording.start', error } as const;
    say('on');
    // An agent's own request, which is no business of a rule.
    actor.send(failed);
    expect(typesOf(reports)).toEqual(['recording.start']);
    actor.send({ ...failed, requestId: 'rule:on' });
    expect(reports.at(-1)).toMatchObject({
      type: 'condition.met',
      key: 'rule:on',
      evidence: { rule: 'on', action: 'recording.start', error },
    });
    say('on');
    actor.send({ type: 'recording.started', at, requestId: 'rule:on', recordingId: 'EG_1' });
    clock.advanceBy(29_999);
    expect(reports.at(-1)).toMatchObject({ type: 'recording.start' });
    clock.advanceBy(1);
    expect(reports.at(-1)).toEqual({ type: 'condition.gone', at: T0 + 30_000, key: 'rule:on' });
  });

  it('[RUL-16] is forgotten as a failure after ten minutes in which the rule did not act', () => {
    const { actor, clock, reports, at, functions } = follow(
      rule('call', onTopic('call'), { do: 'call', function: 'call/0' }),
    );
    const error: ErrorInfo = { code: 'E_RULE', message: 'no', retryable: true };
    actor.send({ type: 'rule.callFailed', at, rule: 'call', function: 'call/0', error });
    clock.advanceBy(600_000);
    expect(reports.at(-1)).toEqual({ type: 'condition.gone', at: T0 + 600_000, key: 'rule:call' });
    expect(functions.commands).toEqual([]);
  });
});
