import { createActor, initialTransition, transition, type EventObject } from 'xstate';
import { describe, expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { jobMachine, type JobEvent } from '../../../src/machines/job/job.machine.ts';
import { JobStage, jobInput, listener } from '../../support/job-stage.ts';
import { alice, microphone, T0 } from '../../support/session-facts.ts';
import { factsOfPeople, roomConnected } from '../../support/told-facts.ts';
import { throughJson } from '../../support/through-json.ts';

const at = T0 + 1_000;
const error = { code: 'E_TEST', message: 'no way in', retryable: true };
const connected = (sid: string): JobEvent => roomConnected(at, [], { sid });

const claimed = (serves: boolean, doubt = ''): JobEvent => ({
  type: 'xstate.done.actor.claim',
  actorId: 'claim',
  output: { serves, at, doubt },
});

/** A job that serves something passes all the states of one that does not. */
const serves = 'AD_1/alice';
const config = { maxDurationMs: 3_600_000 };

const alert = { key: 'loud', severity: 'info', message: '', openedAt: at, evidence: {} } as const;
const health = { active: true, speaking: false, poorQuality: false, suspect: false };

const course: JobEvent[] = [
  connected('RM_1'),
  connected('RM_2'),
  { type: 'room.joinFailed', at, error },
  { type: 'room.reconnecting', at },
  { type: 'room.reconnected', at },
  { type: 'room.disconnected', at, reason: 'room_deleted' },
  { type: 'control.terminated', at },
  { type: 'control.draining', at },
  { type: 'control.broken', at, error },
  { type: 'control.untracked', at },
  { type: 'control.statusReported', at },
];

const toldOfPeople: JobEvent[] = [
  ...factsOfPeople(at),
  { type: 'command.failed', at, command: 'data.publish', error },
  { type: 'command.failed', at, requestId: 'rule:greet', command: 'data.publish', error },
  { type: 'recording.started', at, recordingId: 'EG_1' },
  { type: 'recording.stopped', at, recordingId: 'EG_1' },
  { type: 'roster.listed', at, participants: [] },
  { type: 'roster.failed', at, error },
];

const askedByAgent: JobEvent[] = [
  { type: 'job.end', reason: 'participant_left' },
  { type: 'data.publish', topic: 'x', payload: {}, to: ['alice'] },
  { type: 'track.setMedia', trackSid: microphone.sid, mode: 'media' },
  { type: 'participant.setAttributes', attributes: {} },
  { type: 'participant.remove', identity: 'alice' },
  { type: 'track.mute', identity: 'alice', trackSid: microphone.sid },
  {
    type: 'recording.start',
    recording: { filepath: 'x.mp4', layout: 'grid', audioOnly: false },
  },
  { type: 'recording.stop', recordingId: 'EG_1' },
  { type: 'webhook.send', event: 'x', at, participant: alice, data: {}, url: null },
  { type: 'roster.request' },
  { type: 'condition.met', at, key: 'x', severity: 'info', message: 'x', evidence: {} },
  { type: 'condition.gone', at, key: 'x' },
  { type: 'alert.opened', alert },
  { type: 'alert.updated', alert },
  { type: 'alert.resolved', alert },
  { type: 'health.changed', health },
  { type: 'figures.reported', figures: {} },
  { type: 'summary.made', summary: {} },
];

/** As an agent in JavaScript may say it: all but the type is missing. */
const malformed = [
  'job.end',
  'condition.met',
  'condition.gone',
  'alert.opened',
  'alert.updated',
  'alert.resolved',
  'health.changed',
  'figures.reported',
  'summary.made',
]
  .map((type) => ({ type }))
  .filter((event): event is JobEvent => !('reason' in event));

const ends = [claimed(true), claimed(false), claimed(true, 'no answer')];
const isEnding = ({ type }: EventObject) => type === 'job.ending';

describeMachine(jobMachine, {
  ruleId: 'JOB-13',
  input: jobInput(config, {}, serves),
  events: [...course, ...ends],
  childEvents: {
    claim: [{ type: 'claim.stoodBy', elders: ['agent-AJ_0'] }, { type: 'roster.request' }],
    agent: [{ type: 'job.end', reason: 'participant_left' }],
  },
  keyOf: ({ context: { joinsFailed, inside, drainingAt, ending } }) => [
    joinsFailed,
    inside !== null,
    drainingAt,
    ending.reason,
  ],
  also: {
    'what it is told': {
      events: [connected('RM_1'), ...toldOfPeople, ...ends],
      childEvents: { agent: [...askedByAgent, ...malformed] },
      keyOf: ({ context }) => [context.ending.reason, context.openAlerts.length],
    },
    alone: { input: jobInput(config) },
    'a short life': { input: jobInput({ maxDurationMs: 100 }, {}, serves) },
  },
  invariants: (snapshot, told) => {
    expect(findNotJson(snapshot.context)).toBeUndefined();
    const isOver = (['reporting', 'leaving', 'ended'] as const).some((state) =>
      snapshot.matches(state),
    );
    expect(told.filter(isEnding)).toHaveLength(isOver ? 1 : 0);
  },
});

describe('the decision', () => {
  const stateAfter = (said: readonly JobEvent[], input = jobInput()) => {
    const [initial] = initialTransition(jobMachine, input);
    return said.reduce((snapshot, event) => transition(jobMachine, snapshot, event)[0], initial)
      .value;
  };
  const join = connected('RM_1');
  const fail: JobEvent = { type: 'room.joinFailed', at, error };
  const lost: JobEvent = { type: 'room.reconnecting', at };
  const back: JobEvent = { type: 'room.reconnected', at };
  const deleted: JobEvent = { type: 'room.disconnected', at, reason: 'room_deleted' };
  const terminated: JobEvent = { type: 'control.terminated', at };
  const draining: JobEvent = { type: 'control.draining', at };
  const reported: JobEvent = { type: 'control.statusReported', at };
  const done: JobEvent = { type: 'job.end', reason: 'participant_left' };

  it.each([
    ['[JOB-1] connects at once', [], { joining: 'connecting' }],
    ['[JOB-1] waits before it tries again', [fail], { joining: 'retrying' }],
    ['[JOB-2] is in the wrong room', [connected('RM_2')], 'reporting'],
    ['[JOB-4] was deleted before it joined', [terminated], 'reporting'],
    ['[JOB-6] is drained before it joined', [draining], 'reporting'],
    ['[JOB-1] is in', [join], { live: { running: 'steady' } }],
    ['[JOB-6] goes on while it drains', [join, draining], { live: { running: 'steady' } }],
    [
      '[JOB-4] waits for the reason of a termination',
      [join, terminated],
      { live: { running: 'terminating' } },
    ],
    [
      '[JOB-5] forgets a termination when our own link goes',
      [join, terminated, lost],
      { live: { running: 'reconnecting' } },
    ],
    [
      '[JOB-5] ignores a termination while our own link is away',
      [join, lost, terminated],
      { live: { running: 'reconnecting' } },
    ],
    [
      '[JOB-5] ignores a termination just after',
      [join, lost, back, terminated],
      { live: { running: 'recovering' } },
    ],
    [
      '[JOB-5] loses its link again',
      [join, lost, back, lost],
      { live: { running: 'reconnecting' } },
    ],
    ['[JOB-3] closes when the room ends', [join, deleted], { live: 'closing' }],
    [
      '[JOB-3] closes when the room ends while our own link is away',
      [join, lost, deleted],
      { live: 'closing' },
    ],
    ['[JOB-9] reports once the agent is done', [join, deleted, done], 'reporting'],
    ['[JOB-9] leaves once the status is reported', [join, done, reported], 'leaving'],
    [
      '[JOB-9] has nothing to leave where the room is gone',
      [join, deleted, done, reported],
      'ended',
    ],
    ['[JOB-9] is over once it has left', [join, done, reported, deleted], 'ended'],
    [
      '[JOB-9] has nothing to leave where the room went while it reported',
      [join, done, deleted, reported],
      'ended',
    ],
  ] as const)('%s', (_title, said, expected) => {
    expect(stateAfter(said)).toEqual(expected);
  });

  const stoodBy: JobEvent = { type: 'claim.stoodBy', elders: ['agent-AJ_0'] };
  it.each([
    ['[JOB-17] looks whether another agent serves it', [join], { claiming: { open: 'looking' } }],
    ['[JOB-17] serves', [join, claimed(true)], { live: { running: 'steady' } }],
    [
      '[JOB-17] serves where it cannot know',
      [join, claimed(true, 'no answer')],
      { live: { running: 'steady' } },
    ],
    ['[JOB-17] stands by', [join, stoodBy], { claiming: { open: 'standingBy' } }],
    ['[JOB-17] takes over', [join, stoodBy, claimed(true)], { live: { running: 'steady' } }],
    ['[JOB-17] ends as a duplicate', [join, stoodBy, claimed(false)], 'reporting'],
    [
      '[JOB-18] begins while its own link is away',
      [join, stoodBy, lost, claimed(true)],
      { live: { running: 'reconnecting' } },
    ],
    [
      '[JOB-18] begins with its own link',
      [join, lost, back, claimed(true)],
      { live: { running: 'steady' } },
    ],
    ['[JOB-19] is drained', [join, stoodBy, draining], 'reporting'],
    ['[JOB-19] has lost its room', [join, stoodBy, deleted], 'reporting'],
    ['[JOB-19] waits for the reason', [join, stoodBy, terminated], { claiming: 'terminating' }],
    ['[JOB-19] has the reason', [join, stoodBy, terminated, deleted], 'reporting'],
    ['[JOB-19] serves no more', [join, terminated, claimed(true)], { claiming: 'terminating' }],
  ] as const)('%s', (_title, said, expected) => {
    expect(stateAfter(said, jobInput({}, {}, serves))).toEqual(expected);
  });
});

it('[JOB-2] takes any room where the job does not know the SID of its own', () => {
  const input = jobInput();
  const { agent } = input;
  const job = { ...agent.job, room: { name: 'support', sid: '' } };
  const [initial] = initialTransition(jobMachine, { ...input, agent: { ...agent, job } });
  const [joined] = transition(jobMachine, initial, connected('RM_9'));
  expect(joined.value).toEqual({ live: { running: 'steady' } });
});

it('[JOB-14] comes back from its snapshot as JSON', () => {
  const stage = new JobStage();
  stage.join();
  stage.own('room.reconnecting');
  const snapshot = throughJson(stage.actor.getPersistedSnapshot());
  const { room, roster, control, clock } = new JobStage();
  const machine = jobMachine.provide({
    actors: { room: room.logic, roster: roster.logic, control: control.logic, agent: listener() },
  });
  const restored = createActor(machine, {
    input: jobInput(),
    snapshot,
    clock: new VirtualClock(clock.now()),
  });
  expect(restored.getSnapshot().value).toEqual(stage.value);
  expect(restored.getSnapshot().context).toEqual(stage.actor.getSnapshot().context);
});
