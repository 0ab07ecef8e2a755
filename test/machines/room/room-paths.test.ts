import { createActor } from 'xstate';
import { expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import { participantRemovalMachine } from '../../../src/machines/room/participant-removal.machine.ts';
import { roomAnalyticsMachine } from '../../../src/machines/room/room-analytics.machine.ts';
import type { RoomAnalyticsEvent } from '../../../src/machines/room/room-analytics.setup.ts';
import { agentEntry } from '../../support/roster-facts.ts';
import { refOf, RoomStage, roomInput } from '../../support/room-facts.ts';
import { microphone, participant, statsOf, T0 } from '../../support/session-facts.ts';
import { factsOfPeople, roomConnected } from '../../support/told-facts.ts';
import { throughJson } from '../../support/through-json.ts';

const at = T0 + 1_000;
const alice = refOf('alice');
const own = { at, ...alice, trackSid: microphone.sid };
const error = { code: 'E_TEST', message: 'no such host', retryable: true };

const connected = roomConnected(at);
const bothInside = roomConnected(at, [participant(alice), participant(refOf('bob'))]);
const comes = (identity: string): RoomAnalyticsEvent => ({
  type: 'participant.connected',
  at,
  participant: participant(refOf(identity), { joinedAt: at }),
});
const goes = (identity: string): RoomAnalyticsEvent => ({
  type: 'participant.disconnected',
  at,
  ...refOf(identity),
});
const ending: RoomAnalyticsEvent = { type: 'job.ending', at, reason: 'room_closed' };
const removalOfBob = 'removal:PA_bob_1';

describeMachine(roomAnalyticsMachine, {
  ruleId: 'RAN-14',
  input: roomInput(),
  events: [
    connected,
    comes('alice'),
    goes('alice'),
    { type: 'room.reconnecting', at },
    { type: 'room.reconnected', at },
    { type: 'track.published', at, ...alice, track: microphone },
    { type: 'track.unpublished', ...own },
    ending,
  ],
  // A removal ends once it was told to, or that its participant has left.
  canHappen: ({ context }, { type }) =>
    context.removing.every(({ sid }) => type !== `xstate.done.actor.removal:${sid}`),
  keyOf: ({ context: { census } }) => census.people.flat(),
  also: {
    facts: {
      events: [...factsOfPeople(at, alice)],
      keyOf: ({ context: { census } }) => census.everybody,
    },
    'measured tracks': {
      input: roomInput({ TRACK_QUALITY: true }),
      events: [
        comes('alice'),
        { type: 'track.published', at, ...alice, track: microphone },
        { type: 'track.unpublished', ...own },
      ],
      childEvents: {
        stats: [
          {
            type: 'stats.sampled',
            at,
            roundTripTimeMs: null,
            availableIncomingBitrate: null,
            tracks: [statsOf(microphone.sid, 10)],
          },
        ],
      },
      keyOf: ({ context: { census } }) => [census.everybody, census.tracks],
    },
    'limit as an alert': {
      input: roomInput({ PARTICIPANT_LIMIT: 1 }),
      events: [comes('alice'), comes('bob'), goes('bob')],
      keyOf: ({ context: { census } }) => census.present,
    },
    'limit that is enforced': {
      input: roomInput({ PARTICIPANT_LIMIT: 1, ENFORCE_PARTICIPANT_LIMIT: true }),
      events: [
        comes('alice'),
        comes('bob'),
        goes('bob'),
        {
          type: 'command.failed',
          at,
          command: 'participant.remove',
          requestId: removalOfBob,
          error,
        },
      ],
      childEvents: {
        [removalOfBob]: [
          {
            type: 'data.publish',
            topic: 'participant_limit',
            to: ['bob'],
            payload: { type: 'participant_limit' },
          },
          { type: 'participant.remove', identity: 'bob', requestId: removalOfBob },
          { type: 'removal.asked', at, identity: 'bob' },
          { type: 'removal.failed', at, identity: 'bob', problem: 'no such host' },
          { type: 'removal.done' },
        ],
      },
      keyOf: ({ context: { census, removing, unremoved } }) => [
        census.people.flat().map(({ identity }) => identity),
        removing,
        unremoved,
      ],
    },
    'limit that the room is over from the start': {
      input: roomInput({ PARTICIPANT_LIMIT: 1, ENFORCE_PARTICIPANT_LIMIT: true }),
      events: [
        bothInside,
        goes('bob'),
        { type: 'roster.listed', at, participants: [agentEntry('alice')] },
        { type: 'roster.failed', at, error },
      ],
      keyOf: ({ context: { census, removing } }) => [census.present, removing.length],
    },
  },
  invariants: ({ context, children }) => {
    expect(findNotJson(context)).toBeUndefined();
    const { census } = context;
    expect(census.joins - census.leaves).toBe(census.present);
    for (const { sid } of context.removing) expect(children).toHaveProperty([`removal:${sid}`]);
  },
});

const removal = {
  job: { agent: 'room-analytics', jobId: 'AJ_1' },
  who: alice,
  active: false,
  limit: 1,
  at: T0,
  config: { noticeMs: 500, activeMs: 3_000, answerMs: 5_000 },
};

describeMachine(participantRemovalMachine, {
  ruleId: 'RAN-14',
  input: removal,
  events: [
    { type: 'removal.active', at },
    { type: 'removal.left' },
    { type: 'removal.cancel' },
    { type: 'removal.refused', at, problem: 'no such host' },
    { type: 'removal.retry', at },
  ],
  keyOf: () => null,
  also: { 'somebody who is active': { input: { ...removal, active: true } } },
});

it('[RAN-15] comes back from its snapshot as JSON, removals and all', () => {
  const settings = { PARTICIPANT_LIMIT: 1, ENFORCE_PARTICIPANT_LIMIT: true };
  const stage = new RoomStage(settings);
  stage.join(participant(alice, { tracks: [microphone] }));
  stage.enter(refOf('bob'));
  const snapshot = throughJson(stage.actor.getPersistedSnapshot());
  const restored = createActor(roomAnalyticsMachine, {
    input: roomInput(settings),
    snapshot,
    clock: new VirtualClock(stage.now),
  });
  expect(restored.getSnapshot().value).toEqual(stage.value);
  expect(restored.getSnapshot().context).toEqual(stage.context);
  expect(Object.keys(restored.getSnapshot().children)).toEqual([removalOfBob]);
});
