import { expect, it } from 'vitest';
import { RoomPresence } from '../../../src/io/livekit/room-presence.ts';
import type { ParticipantInfo, RoomFact, TrackInfo } from '../../../src/machines/events.ts';

const track: TrackInfo = {
  sid: 'TR_a',
  kind: 'audio',
  source: 'microphone',
  name: '',
  muted: false,
  encrypted: false,
  mimeType: 'audio/opus',
};

const alice = (sid: string, tracks: readonly TrackInfo[] = []): ParticipantInfo => ({
  identity: 'alice',
  sid,
  name: '',
  kind: 'standard',
  metadata: '',
  attributes: {},
  active: false,
  tracks,
});

function watch() {
  const facts: RoomFact[] = [];
  const presence = new RoomPresence({ now: () => 1 }, (fact) => facts.push(fact));
  const story = () => facts.map((fact) => ('sid' in fact ? `${fact.type} ${fact.sid}` : fact.type));
  return { presence, story };
}

it('[ROOM-11] ends subscriptions before tracks, tracks before people', () => {
  const { presence, story } = watch();
  presence.remember([alice('PA_1', [track])]);
  presence.subscribe(alice('PA_1'), 'TR_a');
  presence.endAll();
  expect(story()).toEqual([
    'track.subscribed PA_1',
    'track.unsubscribed PA_1',
    'track.unpublished PA_1',
    'participant.disconnected PA_1',
  ]);
});

it('[ROOM-12] ends the old connection of an identity before the new one begins', () => {
  const { presence, story } = watch();
  presence.enter(alice('PA_1'));
  presence.enter(alice('PA_2'));
  expect(story()).toEqual([
    'participant.connected',
    'participant.disconnected PA_1',
    'participant.connected',
  ]);
});

it('[ROOM-13] says nothing of a connection or a track that is not there', () => {
  const { presence, story } = watch();
  presence.remember([alice('PA_2')]);
  presence.leave(alice('PA_1'));
  presence.publish(alice('PA_1'), track);
  presence.unpublish(alice('PA_2'), 'TR_a');
  presence.subscribe(alice('PA_2'), 'TR_a');
  presence.unsubscribe(alice('PA_2'), 'TR_a');
  presence.activate('bob');
  expect(story()).toEqual([]);
});

it('[ROOM-14] says each thing once', () => {
  const { presence, story } = watch();
  presence.remember([alice('PA_1')]);
  for (let times = 0; times < 2; times += 1) {
    presence.activate('alice');
    presence.publish(alice('PA_1'), track);
    presence.subscribe(alice('PA_1'), 'TR_a');
  }
  expect(story()).toEqual([
    'participant.active PA_1',
    'track.published PA_1',
    'track.subscribed PA_1',
  ]);
});

it('[ROOM-11] tells of somebody who became active during the join that they are', () => {
  const { presence, story } = watch();
  presence.activate('alice');
  expect(presence.remember([alice('PA_1')])).toMatchObject([{ sid: 'PA_1', active: true }]);
  presence.activate('alice');
  expect(story()).toEqual([]);
});

it('[ROOM-11] takes a new connection for inactive, whoever was active before', () => {
  const { presence, story } = watch();
  presence.activate('alice');
  presence.remember([]);
  presence.enter(alice('PA_2'));
  presence.activate('alice');
  expect(story()).toEqual(['participant.connected', 'participant.active PA_2']);
});
