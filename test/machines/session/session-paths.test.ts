import { createActor } from 'xstate';
import { expect, it } from 'vitest';
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
const report = { at, trackSid: camera.sid };
const poll: ParticipantSessionEvent = {
  type: 'stats.sampled',
  at,
  roundTripTimeMs: null,
  availableIncomingBitrate: null,
  tracks: [statsOf(microphone.sid, 9)],
};

const events: ParticipantSessionEvent[] = [
  { type: 'participant.connected', at, participant: participant(alice, { tracks }) },
  { type: 'participant.connected', at, participant: participant(aliceAgain, { tracks }) },
  { type: 'participant.disconnected', at, ...alice },
  { type: 'track.subscribed', at, ...alice, trackSid: microphone.sid },
  poll,
  { type: 'room.reconnecting', at },
  { type: 'room.reconnected', at },
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
