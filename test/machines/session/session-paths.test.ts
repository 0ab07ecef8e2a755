import { createActor, initialTransition, transition } from 'xstate';
import { describe, expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { describeMachine } from '../../../src/io/testing/describe-machine.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import {
  participantSessionMachine,
  type ParticipantSessionEvent,
} from '../../../src/machines/session/participant-session.machine.ts';
import { trackActorId } from '../../../src/machines/session/participant-session.setup.ts';
import type { SessionReport } from '../../../src/machines/session/session.events.ts';
import {
  alice,
  aliceAgain,
  camera,
  microphone,
  participant,
  screen,
  statsOf,
  T0,
} from '../../support/session-facts.ts';
import { SessionStage, sessionInput } from '../../support/session-stage.ts';
import { agentEntry } from '../../support/roster-facts.ts';
import { throughJson } from '../../support/through-json.ts';

const at = T0 + 1_000;
const tracks = [microphone, camera];
const come: ParticipantSessionEvent = {
  type: 'participant.connected',
  at,
  participant: participant(alice, { tracks }),
};
const comeAgain: ParticipantSessionEvent = {
  ...come,
  participant: participant(aliceAgain, { tracks }),
};
const go: ParticipantSessionEvent = { type: 'participant.disconnected', at, ...alice };
const lost: ParticipantSessionEvent = { type: 'room.reconnecting', at };
const back: ParticipantSessionEvent = { type: 'room.reconnected', at };
const end: ParticipantSessionEvent = { type: 'session.end', at, reason: 'drained' };
const report = { at, trackSid: camera.sid };
const poll: ParticipantSessionEvent = {
  type: 'stats.sampled',
  at,
  roundTripTimeMs: null,
  availableIncomingBitrate: null,
  tracks: [statsOf(microphone.sid, 9)],
};

const secondCamera = { ...camera, sid: 'TR_cam_2' };
const secondMicrophone = { ...microphone, sid: 'TR_mic_2' };
const allTracks = [microphone, secondMicrophone, camera, secondCamera];

const speechEvents = Object.fromEntries(
  [microphone, secondMicrophone].map(({ sid: trackSid }) => [
    trackActorId(trackSid),
    [
      { type: 'track.speechStarted', at, trackSid },
      { type: 'track.speechEnded', at, trackSid },
    ] as const,
  ]),
);

const frameEvents = Object.fromEntries(
  [camera, secondCamera].map(({ sid: trackSid }) => [
    trackActorId(trackSid),
    [
      { type: 'track.framesFlowed', at, trackSid },
      { type: 'track.framesStopped', at, trackSid },
      { type: 'track.framesMissed', at, trackSid, missingMs: 10_000 },
      { type: 'track.framesNotDue', at, trackSid },
    ] as const,
  ]),
);

describe('the decision', () => {
  const stateAfter = (said: readonly ParticipantSessionEvent[]) => {
    const [initial] = initialTransition(participantSessionMachine, sessionInput());
    return said.reduce(
      (snapshot, event) => transition(participantSessionMachine, snapshot, event)[0],
      initial,
    ).value;
  };
  const here = (more: Record<string, unknown> = {}) => ({
    connected: { presence: 'present', speech: 'silent', video: 'off', quality: 'unknown', ...more },
  });
  const poor: ParticipantSessionEvent = {
    type: 'participant.qualityChanged',
    at,
    ...alice,
    quality: 'poor',
  };
  const speak: ParticipantSessionEvent = { type: 'track.speechStarted', ...report };
  const hush: ParticipantSessionEvent = { type: 'track.speechEnded', ...report };
  const flow: ParticipantSessionEvent = { type: 'track.framesFlowed', ...report };
  const stop: ParticipantSessionEvent = { type: 'track.framesStopped', ...report };

  it.each([
    ['[SES-1] awaits its participant', [], { awaitingParticipant: 'waiting' }],
    [
      '[SES-1] does not take the leave of nobody for anything',
      [go],
      { awaitingParticipant: 'waiting' },
    ],
    ['[SES-1] follows whoever comes', [come], here()],
    ['[SES-4] is absent after a leave', [come, go], here({ presence: { absent: 'grace' } })],
    [
      '[SES-4] holds a leave while our own link is away',
      [come, lost, go],
      here({ presence: { absent: 'held' } }),
    ],
    [
      '[SES-4] holds a leave from when our own link goes',
      [come, go, lost],
      here({ presence: { absent: 'held' } }),
    ],
    [
      '[SES-4] gives a held leave its time once our link is back',
      [come, lost, go, back],
      here({ presence: { absent: 'grace' } }),
    ],
    [
      '[SES-4] keeps all it knows over a reconnect',
      [come, poor, go, come],
      here({ quality: 'poor' }),
    ],
    ['[SES-5] begins anew with a new connection', [come, poor, go, comeAgain], here()],
    [
      '[SES-4] does not end this connection by the leave of an earlier one',
      [come, go, comeAgain, go],
      here(),
    ],
    ['[SES-8] speaks', [come, speak], here({ speech: 'speaking' })],
    ['[SES-8] is silent again', [come, speak, hush], here()],
    ['[SES-9] flows', [come, flow], here({ video: 'flowing' })],
    ['[SES-9] is frozen only after it flowed', [come, stop], here()],
    ['[SES-9] freezes', [come, flow, stop], here({ video: 'frozen' })],
    [
      '[SES-10] knows all regions side by side',
      [come, speak, flow, stop, poor],
      here({ speech: 'speaking', video: 'frozen', quality: 'poor' }),
    ],
    ['[SES-14] ends when told, awaiting', [end], 'ended'],
    ['[SES-14] ends when told, connected', [come, speak, end], 'ended'],
    ['[SES-14] ends when told, absent', [come, go, end], 'ended'],
  ] as const)('%s', (_title, said, expected) => {
    expect(stateAfter(said)).toEqual(expected);
  });
});

const error = { code: 'E_TEST', message: 'no such host', retryable: true };
const comeWithAll: ParticipantSessionEvent = {
  ...come,
  participant: participant(alice, { tracks: allTracks }),
};
const own = { at, ...alice, trackSid: microphone.sid };

/** One region at a time: all regions side by side would be some ten thousand combinations. */
describeMachine(participantSessionMachine, {
  ruleId: 'SES-15',
  input: sessionInput(),
  events: [
    come,
    comeAgain,
    go,
    lost,
    back,
    end,
    poll,
    {
      type: 'stats.sampled',
      at,
      roundTripTimeMs: null,
      availableIncomingBitrate: null,
      tracks: [statsOf(microphone.sid, 10)],
    },
    { type: 'track.subscribed', ...own },
    { type: 'roster.listed', at, participants: [] },
    { type: 'roster.listed', at, participants: [agentEntry('alice')] },
    {
      type: 'roster.failed',
      at,
      error,
    },
  ],
  // A track's actor ends once it was unpublished, and tells of no turn in a turn.
  canHappen: ({ context: { tracks: kept, speakingTracks } }, event) => {
    if (event.type.startsWith('xstate.done.actor.')) {
      return kept.every(({ sid }) => !event.type.endsWith(sid));
    }
    return event.type !== 'track.speechStarted' || !speakingTracks.includes(event.trackSid);
  },
  keyOf: ({ context: { sid, ownConnection, presence, tracks: kept, alerts } }) => [
    sid,
    ownConnection,
    Math.min(presence.emptyPolls, 3),
    presence.packetsBySid,
    kept.some(({ subscribed }) => subscribed),
    Object.keys(alerts),
  ],
  also: {
    tracks: {
      events: [
        come,
        { type: 'track.published', at, ...alice, track: screen },
        { type: 'track.unsubscribed', ...own },
        { type: 'track.subscriptionFailed', ...own, error },
        { type: 'track.muted', ...own },
        { type: 'track.unmuted', ...own },
        { type: 'track.unpublished', ...own },
        { type: 'room.speakersChanged', at, identities: ['alice'] },
      ],
      keyOf: ({ context: { tracks: kept, alerts } }) => [kept, Object.keys(alerts)],
    },
    quality: {
      events: [
        come,
        ...(['excellent', 'good', 'poor', 'lost'] as const).map(
          (quality) => ({ type: 'participant.qualityChanged', at, ...alice, quality }) as const,
        ),
      ],
      keyOf: ({ context }) => Object.keys(context.alerts),
    },
    speech: {
      events: [comeWithAll],
      childEvents: speechEvents,
      keyOf: ({ context: { speakingTracks, alerts } }) => [speakingTracks, Object.keys(alerts)],
    },
    video: {
      events: [comeWithAll],
      childEvents: frameEvents,
      keyOf: ({ context: { cameras, alerts } }) => [cameras, Object.keys(alerts)],
    },
    'ended with the leave': { input: sessionInput({ endOnDisconnect: true }), events: [come, go] },
    'short timeout': { input: sessionInput({ config: { longSessionMs: 1_000 } }), events: [come] },
  },
  invariants: ({ context }, told) => {
    expect(findNotJson(context)).toBeUndefined();
    const count = (type: SessionReport['type']) =>
      told.filter((report) => report.type === type).length;
    expect(count('alert.opened') - count('alert.resolved')).toBe(
      Object.keys(context.alerts).length,
    );
  },
});

it('[SES-16] comes back from its snapshot as JSON, tracks and all', () => {
  const stage = new SessionStage();
  stage.arrive(tracks);
  stage.quality('poor');
  stage.speak(500);
  stage.poll({ [microphone.sid]: 9, [camera.sid]: { packetsReceived: 3, framesDecoded: 3 } });
  const snapshot = throughJson(stage.actor.getPersistedSnapshot());
  const clock = new VirtualClock(stage.now);
  const restored = createActor(participantSessionMachine, {
    input: sessionInput(),
    snapshot,
    clock,
  });
  expect(restored.getSnapshot().value).toEqual(stage.value);
  expect(restored.getSnapshot().context).toEqual(stage.context);
  expect(Object.keys(restored.getSnapshot().children).sort()).toEqual(stage.children);
});
