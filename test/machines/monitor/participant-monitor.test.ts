import { createActor, type EventObject } from 'xstate';
import { describe, expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import type { AgentReport, ParticipantRef, StatsFact } from '../../../src/machines/events.ts';
import { participantMonitorMachine } from '../../../src/machines/monitor/participant-monitor.machine.ts';
import type { ParticipantMonitorEvent } from '../../../src/machines/monitor/participant-monitor.setup.ts';
import { monitorView } from '../../../src/machines/monitor/participant-monitor.view.ts';
import { LevelPorts } from '../../support/level-ports.ts';
import { monitorInput } from '../../support/monitor-facts.ts';
import { isMessage, MonitorStage, provideMonitor } from '../../support/monitor-stage.ts';
import { PortSlot } from '../../support/port-slot.ts';
import {
  alice,
  aliceAgain,
  bob,
  camera,
  microphone,
  participant,
  statsOf,
  T0,
} from '../../support/session-facts.ts';
import { throughJson } from '../../support/through-json.ts';
import { roomConnected } from '../../support/told-facts.ts';

const carol = { identity: 'carol', sid: 'PA_carol' };

/** Alice is inside with her microphone, bob listens. */
const withBob = (...[metadata, settings]: ConstructorParameters<typeof MonitorStage>) => {
  const stage = new MonitorStage(metadata, settings);
  stage.join(participant(alice, { tracks: [microphone], active: true }), participant(bob));
  stage.subscribe(microphone);
  return stage;
};

const isHealth = (
  report: EventObject,
): report is Extract<AgentReport, { type: 'health.changed' }> => report.type === 'health.changed';

const healthsOf = (stage: MonitorStage) =>
  stage.reports.flatMap((report) => (isHealth(report) ? [report.health] : []));

const truths = (stage: MonitorStage) =>
  stage.messages('speaking_detection').map(({ payload }) => payload['speaking']);

describe('the welcome', () => {
  const welcomed = (stage: MonitorStage) =>
    stage.messages('participant_monitoring').map(({ to }) => to);

  it('[MON-1] greets whoever is active already at the join', () => {
    const stage = new MonitorStage();
    stage.join(participant(alice, { active: true }));
    expect(welcomed(stage)).toEqual([['alice']]);
  });

  it('[MON-1] waits until the participant is active', () => {
    const stage = new MonitorStage();
    stage.join(participant(alice));
    expect(welcomed(stage)).toEqual([]);
    stage.activate();
    expect(welcomed(stage)).toEqual([['alice']]);
  });

  it('[MON-1] greets whoever comes in active, because the room does not say it again', () => {
    const stage = new MonitorStage();
    stage.join();
    stage.enter(alice, { active: true });
    expect(welcomed(stage)).toEqual([['alice']]);
  });

  it('[MON-1] greets each connection once', () => {
    const stage = new MonitorStage();
    stage.join();
    stage.enter(alice);
    stage.activate();
    stage.activate();
    stage.exit(alice);
    stage.pass(100);
    stage.enter(alice, { active: true });
    expect(welcomed(stage)).toHaveLength(1);
    stage.exit(alice);
    stage.pass(5_000);
    stage.enter(aliceAgain);
    expect(welcomed(stage)).toHaveLength(1);
    stage.activate(aliceAgain);
    expect(welcomed(stage)).toHaveLength(2);
  });

  it('[MON-1] greets nobody else', () => {
    const stage = new MonitorStage();
    stage.join(participant(bob, { active: true }));
    stage.enter(carol);
    stage.activate(carol);
    expect(welcomed(stage)).toEqual([]);
  });
});

describe('who speaks', () => {
  it('[MON-2] is told to everyone else in the room', () => {
    const stage = withBob();
    stage.enter(carol);
    stage.turn(500);
    // In whatever order.
    const to = ['carol', 'bob'];
    expect(stage.messages('speaking_detection')).toMatchObject([
      { to, payload: { participant: 'alice', speaking: true, timestamp: T0 / 1_000 } },
      { to, payload: { participant: 'alice', speaking: false } },
    ]);
  });

  it('[MON-2] is told to those who are there now', () => {
    const stage = withBob();
    stage.speak(500);
    stage.exit(bob);
    stage.enter(carol);
    stage.speak(1_000, 0);
    expect(stage.messages('speaking_detection').map(({ to }) => to)).toEqual([['bob'], ['carol']]);
  });

  it('[MON-2] is told to nobody where nobody else is there', () => {
    const stage = new MonitorStage();
    stage.join(participant(alice, { tracks: [microphone] }));
    stage.subscribe(microphone);
    stage.turn(500);
    expect(stage.messages('speaking_detection')).toEqual([]);
  });

  it('[MON-2] is told to somebody who comes into an empty room during a turn', () => {
    const stage = new MonitorStage();
    stage.join(participant(alice, { tracks: [microphone] }));
    stage.subscribe(microphone);
    stage.speak(500);
    stage.enter(bob);
    expect(truths(stage)).toEqual([true]);
    stage.speak(1_000, 0);
    expect(truths(stage)).toEqual([true, false]);
  });

  it('[MON-3] is told at once where the last turn was told to nobody', () => {
    const stage = new MonitorStage();
    stage.join(participant(alice, { tracks: [microphone] }));
    stage.subscribe(microphone);
    stage.speak(100);
    stage.say({ type: 'track.muted', at: stage.now, ...alice, trackSid: microphone.sid });
    stage.say({ type: 'track.unmuted', at: stage.now, ...alice, trackSid: microphone.sid });
    stage.enter(bob);
    stage.speak(100);
    expect(truths(stage)).toEqual([true]);
  });

  const mute = (stage: MonitorStage, type: 'track.muted' | 'track.unmuted') => {
    stage.say({ type, at: stage.now, ...alice, trackSid: microphone.sid });
  };

  it('[MON-3] is never told twice within 2 s: the second is told at the end of them, if still true', () => {
    const stage = withBob();
    stage.speak(300);
    mute(stage, 'track.muted');
    mute(stage, 'track.unmuted');
    stage.speak(1_700);
    expect(truths(stage)).toEqual([true, false]);
    stage.speak(100);
    expect(truths(stage)).toEqual([true, false, true]);
    expect(stage.messages('speaking_detection').at(-1)?.payload['timestamp']).toBe(T0 / 1_000 + 2);
    stage.speak(1_000, 0);
    expect(truths(stage)).toEqual([true, false, true, false]);
  });

  it('[MON-3] is not told where the turn is over before it may be', () => {
    const stage = withBob();
    stage.speak(300);
    mute(stage, 'track.muted');
    mute(stage, 'track.unmuted');
    stage.speak(500);
    mute(stage, 'track.muted');
    stage.pass(10_000);
    expect(truths(stage)).toEqual([true, false]);
    mute(stage, 'track.unmuted');
    stage.speak(100);
    expect(truths(stage)).toEqual([true, false, true]);
  });

  it('[MON-3] is counted from when it was told, however late the windows came', () => {
    const stage = withBob();
    const window = (at: number) => {
      stage.levels.say(microphone.sid, { type: 'audio.levelMeasured', rms: 0.2, at });
    };
    stage.pass(1_500);
    window(T0 + 100);
    mute(stage, 'track.muted');
    mute(stage, 'track.unmuted');
    stage.pass(700);
    window(stage.now);
    expect(truths(stage)).toEqual([true, false]);
    stage.pass(1_299);
    expect(truths(stage)).toEqual([true, false]);
    stage.pass(1);
    expect(truths(stage)).toEqual([true, false, true]);
  });

  it('[MON-3] is not repeated for a third turn', () => {
    const stage = withBob();
    stage.turn(500);
    stage.turn(1_500);
    expect(truths(stage)).toEqual([true, false, true, false]);
  });

  it('[MON-3] ends with the truth when the participant leaves or the job ends', () => {
    const left = withBob();
    left.speak(500);
    left.say({ type: 'track.unsubscribed', at: left.now, ...alice, trackSid: microphone.sid });
    left.say({ type: 'track.unpublished', at: left.now, ...alice, trackSid: microphone.sid });
    left.exit(alice);
    expect(truths(left)).toEqual([true, false]);
    const ended = withBob();
    ended.speak(500);
    ended.say({ type: 'job.ending', at: ended.now, reason: 'drained' });
    expect(truths(ended)).toEqual([true, false]);
  });
});

describe('the quality', () => {
  it('[MON-4] is told to the participant when the alert opens and when it is resolved', () => {
    const stage = withBob();
    for (const quality of ['excellent', 'poor', 'lost', 'good', 'excellent'] as const) {
      stage.pass(1_000);
      stage.quality(quality);
    }
    expect(stage.messages('connection_quality')).toMatchObject([
      {
        to: ['alice'],
        payload: { quality: 'poor', previous: 'excellent', score: 0.25, timestamp: T0 / 1_000 + 2 },
      },
      {
        to: ['alice'],
        payload: { quality: 'good', previous: 'lost', score: 0.75, timestamp: T0 / 1_000 + 4 },
      },
    ]);
  });

  it('[MON-10] of others is none of its business', () => {
    const stage = withBob();
    stage.quality('lost', bob);
    expect(stage.messages('connection_quality')).toEqual([]);
    expect(stage.told('alert.opened')).toEqual([]);
  });
});

describe('the preferences', () => {
  const everything = (...changes: ConstructorParameters<typeof MonitorStage>) => {
    const stage = withBob(...changes);
    stage.turn(500);
    stage.quality('lost');
    return {
      welcomes: stage.messages('participant_monitoring').length,
      speaking: stage.messages('speaking_detection').length,
      quality: stage.messages('connection_quality').length,
      alerts: stage.told('alert.opened').length,
      turns: healthsOf(stage).filter(({ speaking }) => speaking).length,
    };
  };
  const all = { welcomes: 1, speaking: 2, quality: 1, alerts: 1, turns: 1 };
  const prefer = (speaking_alerts: boolean, quality_alerts: boolean) => ({
    notification_preferences: { speaking_alerts, quality_alerts },
  });

  it('[MON-5] all messages are sent where nothing speaks against it', () => {
    expect(everything()).toEqual(all);
  });

  it('[MON-5] speaking_alerts and quality_alerts switch off their messages', () => {
    expect(everything(prefer(false, true))).toEqual({ ...all, speaking: 0 });
    expect(everything(prefer(true, false))).toEqual({ ...all, quality: 0 });
  });

  it('[MON-5] ENABLE_NOTIFICATIONS switches off all messages, and nothing else', () => {
    expect(everything({}, { ENABLE_NOTIFICATIONS: false })).toEqual({
      ...all,
      welcomes: 0,
      speaking: 0,
      quality: 0,
    });
  });
});

describe('the statistics', () => {
  it('[MON-7] are polled exactly while media of the participant flows', () => {
    const stage = withBob();
    expect(stage.stats.isOpen).toBe(true);
    stage.say({ type: 'track.unsubscribed', at: stage.now, ...alice, trackSid: microphone.sid });
    expect(stage.stats.isOpen).toBe(false);
  });

  it('[MON-7] are not polled with basic monitoring', () => {
    expect(withBob({ monitoring_type: 'basic' }).stats.isOpen).toBe(false);
  });

  it('[MON-7] reach the session', () => {
    const stage = withBob();
    for (let polls = 0; polls < 5; polls += 1) {
      stage.pass(500);
      const sample: StatsFact = {
        type: 'stats.sampled',
        at: stage.now,
        roundTripTimeMs: null,
        availableIncomingBitrate: null,
        tracks: [statsOf(microphone.sid, 9)],
      };
      stage.stats.say(sample);
    }
    expect(stage.told('alert.opened')).toMatchObject([{ alert: { key: 'suspect' } }]);
  });
});

describe('the job', () => {
  const quiet = { active: false, speaking: false, poorQuality: false, suspect: false };

  it('[MON-9] hears each change of the session’s health, and no repetition', () => {
    const stage = withBob();
    stage.quality('poor');
    stage.quality('lost');
    stage.speak(500);
    stage.say({ type: 'job.ending', at: stage.now, reason: 'drained' });
    expect(healthsOf(stage)).toEqual([
      { ...quiet, active: true },
      { ...quiet, active: true, poorQuality: true },
      { ...quiet, active: true, poorQuality: true, speaking: true },
      { ...quiet, active: true, poorQuality: true },
      { ...quiet, active: true },
      quiet,
    ]);
  });

  it('[MON-9] hears nothing of a leave that was none', () => {
    const stage = withBob();
    stage.exit(alice);
    stage.pass(200);
    stage.enter(alice);
    expect(healthsOf(stage)).toHaveLength(1);
  });

  it('[MON-9] hears that the participant is gone and back', () => {
    const stage = withBob();
    stage.exit(alice);
    stage.pass(2_000);
    stage.enter(aliceAgain);
    expect(healthsOf(stage)).toMatchObject([{ active: true }, { active: false }, { active: true }]);
  });

  it('[MON-14] gets the summary and the end, once, whoever ends it', () => {
    const stage = withBob({ end_on_disconnect: true });
    stage.exit(alice);
    stage.pass(2_000);
    stage.say({ type: 'job.ending', at: stage.now, reason: 'drained' });
    const ends = stage.reports.filter(({ type }) => type === 'summary.made' || type === 'job.end');
    expect(ends).toMatchObject([
      { type: 'summary.made', summary: { identity: 'alice', endReason: 'participant_left' } },
      { type: 'job.end', reason: 'participant_left' },
    ]);
    expect(stage.value.watching).toBe('ended');
  });

  it('[MON-14] is asked for the server’s list, and for media, on behalf of the session', () => {
    const stage = withBob();
    expect(stage.told('track.setMedia')).toHaveLength(1);
    const alone = new MonitorStage();
    alone.join();
    alone.pass(300_000);
    expect(alone.told('roster.request')).toHaveLength(1);
    alone.say({ type: 'roster.listed', at: alone.now, participants: [] });
    expect(alone.told('job.end')).toEqual([
      { type: 'job.end', reason: 'participant_never_connected' },
    ]);
  });
});

it('[MON-10] follows the target only', () => {
  const stage = withBob();
  stage.enter(carol, { tracks: [{ ...microphone, sid: 'TR_carol' }] });
  stage.say({ type: 'track.published', at: stage.now, ...bob, track: camera });
  expect(stage.told('track.setMedia')).toMatchObject([{ trackSid: microphone.sid }]);
});

it('[MON-13] shows the session to those who look, also after its end', () => {
  const stage = withBob({ monitoring_type: 'custom', custom_settings: { priority: 'high' } });
  stage.speak(500);
  const view = () => monitorView(stage.actor.getSnapshot());
  expect(view()).toMatchObject({
    identity: 'alice',
    sid: alice.sid,
    state: 'connected',
    presence: 'present',
    speech: 'speaking',
    audioLevel: 0.2,
    turns: 1,
    speakingMs: 500,
    tracks: [{ sid: microphone.sid, state: 'speaking' }],
    monitoringType: 'custom',
    customSettings: { priority: 'high' },
  });
  expect(findNotJson(view())).toBeUndefined();
  stage.say({ type: 'job.ending', at: stage.now, reason: 'drained' });
  expect(view()).toMatchObject({
    identity: 'alice',
    state: 'ended',
    speech: null,
    speakingMs: 500,
  });
});

const at = T0 + 1_000;
const error = { code: 'E_TEST', message: 'no way in', retryable: true };
const own = { at, ...alice, trackSid: microphone.sid };
const alert = { severity: 'warning', message: '', openedAt: at, evidence: {} } as const;
const sample = { at, roundTripTimeMs: null, availableIncomingBitrate: null, tracks: [] };
const comes = (ref: ParticipantRef): ParticipantMonitorEvent => ({
  type: 'participant.connected',
  at,
  participant: participant(ref),
});
const goes = (ref: ParticipantRef): ParticipantMonitorEvent => ({
  type: 'participant.disconnected',
  at,
  ...ref,
});
const summary = {
  ...{ identity: 'alice', startedAt: T0, durationMs: 0, connectedMs: 0, speakingMs: 0 },
  ...{ speakingShare: 0, turns: 0, tracks: 0, reconnects: 0, freezes: 0, alerts: 0 },
  ...{ finalQuality: 'good', endReason: 'participant_left' },
} as const;

describeMachine(participantMonitorMachine, {
  ruleId: 'MON-11',
  input: monitorInput(),
  events: [
    roomConnected(at, [participant(alice)]),
    comes(bob),
    goes(bob),
    { type: 'job.ending', at, reason: 'drained' },
  ],
  childEvents: {
    'participant:alice': [
      { type: 'session.mediaChanged', flowing: true },
      { type: 'session.mediaChanged', flowing: false },
      { type: 'session.speechChanged', at, speaking: true },
      { type: 'session.speechChanged', at, speaking: false },
    ],
  },
  keyOf: ({ context: { others, health } }) => [others, health],
  also: {
    'what it passes on': {
      events: [
        roomConnected(at, [participant(alice)]),
        comes(alice),
        goes(alice),
        { type: 'participant.active', at, ...alice },
        { type: 'participant.qualityChanged', at, ...alice, quality: 'poor' },
        { type: 'track.published', at, ...alice, track: microphone },
        { type: 'track.unpublished', ...own },
        { type: 'track.subscribed', ...own },
        { type: 'track.unsubscribed', ...own },
        { type: 'track.subscriptionFailed', ...own, error },
        { type: 'track.muted', ...own },
        { type: 'track.unmuted', ...own },
        { type: 'room.speakersChanged', at, identities: ['alice'] },
        { type: 'room.reconnecting', at },
        { type: 'room.reconnected', at },
        { type: 'roster.listed', at, participants: [] },
        { type: 'roster.failed', at, error },
        {
          type: 'xstate.done.actor.participant:alice',
          actorId: 'participant:alice',
          output: { reason: 'participant_left', summary },
        },
      ],
      childEvents: {
        stats: [{ type: 'stats.sampled', ...sample }],
        'participant:alice': [
          { type: 'session.mediaChanged', flowing: true },
          { type: 'session.connected', at, sid: alice.sid },
          { type: 'session.disconnected', at },
          {
            type: 'session.qualityNoticed',
            at,
            quality: 'poor',
            previous: 'good',
            score: 0.25,
            reason: 'jitter',
          },
          { type: 'track.setMedia', trackSid: microphone.sid, mode: 'media' },
          { type: 'roster.request' },
          { type: 'alert.opened', alert: { key: 'suspect', ...alert } },
          { type: 'alert.updated', alert: { key: 'suspect', ...alert } },
          { type: 'alert.resolved', alert: { key: 'suspect', ...alert } },
        ],
      },
      keyOf: ({ context }) => context.welcomedSid,
    },
  },
  invariants: (snapshot, told) => {
    expect(findNotJson(snapshot.context)).toBeUndefined();
    const truth = told
      .filter(isMessage)
      .filter(({ topic }) => topic === 'speaking_detection')
      .at(-1)?.payload['speaking'];
    expect(truth ?? false).toBe(snapshot.matches({ notice: 'announced' }));
  },
});

it('[MON-12] comes back from its snapshot as JSON, session and all', () => {
  const stage = withBob();
  stage.speak(500);
  stage.quality('poor');
  const snapshot = throughJson(stage.actor.getPersistedSnapshot());
  const machine = provideMonitor(new LevelPorts(), new PortSlot<Record<string, never>>());
  const clock = new VirtualClock(stage.now);
  const restored = createActor(machine, { input: monitorInput(), snapshot, clock });
  expect(restored.getSnapshot().value).toEqual(stage.value);
  expect(monitorView(restored.getSnapshot())).toEqual(monitorView(stage.actor.getSnapshot()));
});
