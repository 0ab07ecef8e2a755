import { createActor, initialTransition, transition } from 'xstate';
import { describe, expect, it } from 'vitest';
import { findNotJson } from '../../../src/io/event-log/plain-json.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import {
  participantSessionMachine,
  type ParticipantSessionEvent,
} from '../../../src/machines/session/participant-session.machine.ts';
import type { ParticipantSessionContext } from '../../../src/machines/session/session.context.ts';
import {
  alice,
  aliceAgain,
  camera,
  microphone,
  participant,
  statsOf,
  T0,
} from '../../support/session-facts.ts';
import { SessionStage, sessionInput } from '../../support/session-stage.ts';
import { shortestPaths, statesNotReached, walk } from '../../support/shortest-paths.ts';
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

const events: ParticipantSessionEvent[] = [
  come,
  comeAgain,
  go,
  { type: 'track.subscribed', at, ...alice, trackSid: microphone.sid },
  poll,
  lost,
  back,
  { type: 'roster.listed', at, participants: [] },
  { type: 'participant.qualityChanged', at, ...alice, quality: 'excellent' },
  { type: 'participant.qualityChanged', at, ...alice, quality: 'good' },
  { type: 'participant.qualityChanged', at, ...alice, quality: 'poor' },
  { type: 'participant.qualityChanged', at, ...alice, quality: 'lost' },
  { type: 'track.speechStarted', at, trackSid: microphone.sid },
  { type: 'track.speechEnded', at, trackSid: microphone.sid },
  { type: 'track.framesFlowed', ...report },
  { type: 'track.framesStopped', ...report },
  { type: 'track.framesNotDue', ...report },
];

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

/** One region at a time: all regions side by side would be some ten thousand combinations. */
const regions = [
  ['presence', ['participant', 'room.', 'roster', 'stats', 'track.subscribed']],
  ['quality', ['participant']],
  ['speech', ['participant.connected', 'track.speech']],
  ['video', ['participant.connected', 'track.frames']],
] as const;

const walks = regions.flatMap(([region, prefixes]) =>
  shortestPaths(participantSessionMachine, {
    input: sessionInput(),
    events: events.filter(
      ({ type }) =>
        prefixes.some((prefix) => type.startsWith(prefix)) &&
        (region === 'quality' || type !== 'participant.qualityChanged'),
    ),
    keyOf: ({ sid, ownConnection, presence, tracks: kept }: ParticipantSessionContext) => [
      sid,
      ownConnection,
      Math.min(presence.emptyPolls, 3),
      presence.packetsBySid,
      kept.some(({ subscribed }) => subscribed),
    ],
  }).map((path) => ({ region, ...path })),
);

it('[SES-15] has a way to every state', () => {
  // `gone` is passed through at once.
  expect(statesNotReached(participantSessionMachine, walks)).toEqual([
    'participant-session.connected.presence.absent.gone',
  ]);
});

it.each(walks)('[SES-15] reaches $state by: $steps', (path) => {
  const stage = new SessionStage();
  walk(stage, stage.clock, path);
  expect(JSON.stringify(stage.value)).toBe(path.state);
  expect(findNotJson(stage.context)).toBeUndefined();
  const opened = stage.told('alert.opened');
  const resolved = stage.told('alert.resolved');
  expect(opened.length - resolved.length).toBe(Object.keys(stage.context.alerts).length);
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
