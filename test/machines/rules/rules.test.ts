import { createActor, type EventObject } from 'xstate';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { ErrorInfo } from '../../../src/machines/events.ts';
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

function follow(...rules: Rule[]) {
  const clock = new VirtualClock(T0);
  const functions = new PortSlot<Record<string, never>, RuleCall>();
  const machine = rulesMachine.provide({ actors: { functions: functions.logic } });
  const input = { rules, agent: monitorInput() };
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
