import { afterAll, expect, inject, it, onTestFinished } from 'vitest';
import { levels$ } from '../../src/actors/audio-levels.actor.ts';
import { sleep, systemClock } from '../../src/io/clock.ts';
import { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import { speechRms } from '../../src/io/demo/synthetic-speech.ts';
import { disposeRtc } from '../../src/io/livekit/load-rtc.ts';
import type { RoomFact, TrackInfo, TrackStats } from '../../src/machines/events.ts';
import { newRoomName, openRoomClient, until } from '../support/livekit-room-harness.ts';
import { openTcpProxy } from '../support/tcp-proxy.ts';

afterAll(disposeRtc);

/** Alice with a microphone and a camera, and an agent that has all of it. */
async function watchAlice(url = inject('livekit').url) {
  const server = inject('livekit');
  const room = newRoomName();
  const sources = ['microphone', 'camera'] as const;
  const alice = await SyntheticParticipant.start({ ...server, room, identity: 'alice', sources });
  onTestFinished(() => alice.kill());
  const client = await openRoomClient({ ...server, url }, room, 'agent');
  onTestFinished(() => client.close());
  const facts: RoomFact[] = [];
  const tracks: TrackInfo[] = [];
  client.facts$.subscribe((fact) => {
    facts.push(fact);
    if (fact.type === 'room.connected') tracks.push(...(fact.participants[0]?.tracks ?? []));
    if (fact.type === 'track.published') tracks.push(fact.track);
  });
  const countOf = (type: RoomFact['type']) => facts.filter((fact) => fact.type === type).length;
  client.join();
  await until(() => tracks.length === 2, 'both tracks');
  for (const { sid } of tracks) {
    client.perform({ type: 'track.setMedia', trackSid: sid, mode: 'media' });
  }
  await until(() => countOf('track.subscribed') === 2, 'both subscriptions');
  const sidOf = (kind: TrackInfo['kind']) => tracks.find((track) => track.kind === kind)?.sid ?? '';
  return { alice, client, facts, countOf, sidOf };
}

type Watched = Awaited<ReturnType<typeof watchAlice>>;

const POLLS = 8;
const POLL_MS = 100;

/** Polls a counter of one track for 0.8 s at a time, until it went up all along or not at all. */
async function pollUntil(
  { client, sidOf }: Watched,
  kind: TrackInfo['kind'],
  counter: (stats: TrackStats) => number,
  wish: 'moves' | 'stands still',
): Promise<void> {
  const isWished = (values: readonly number[]): boolean => {
    const steps = values.slice(1).map((value, index) => value - (values[index] ?? 0));
    return wish === 'stands still'
      ? steps.every((step) => step === 0)
      : steps.filter((step) => step > 0).length > steps.length / 2;
  };
  const deadline = systemClock.now() + 10_000;
  const values: number[] = [];
  while (values.length < POLLS || !isWished(values.slice(-POLLS))) {
    if (systemClock.now() > deadline) {
      throw new Error(`The ${kind} never ${wish}: ${values.join(' ')}`);
    }
    const { tracks } = await client.stats();
    const stats = tracks.find(({ trackSid }) => trackSid === sidOf(kind));
    if (stats) values.push(counter(stats));
    await sleep(POLL_MS);
  }
}

const packets = ({ packetsReceived }: TrackStats): number => packetsReceived;
const frames = ({ framesDecoded }: TrackStats): number => framesDecoded;

it('[LVL-9] measures the level of real speech, and its beginning and end', async () => {
  const { alice, client, sidOf } = await watchAlice();
  const heard: number[] = [];
  levels$(sidOf('audio'), { frames: client, clock: systemClock }).subscribe((fact) => {
    if (fact.type === 'audio.levelMeasured') heard.push(fact.rms);
  });
  await until(() => heard.length > 3 && heard.slice(-3).every((rms) => rms === 0), 'silence');
  await alice.speak(2_000, 0.3);
  await until(() => heard.some((rms) => rms > 0.05), 'the voice');
  await until(() => heard.slice(-5).every((rms) => rms < 0.001), 'the end of the voice');
  const voice = heard.filter((rms) => rms > 0.05);
  expect(voice.length).toBeGreaterThanOrEqual(17);
  expect(voice.length).toBeLessThanOrEqual(24);
  const middle = voice.slice(3, -3);
  const mean = Math.sqrt(middle.reduce((sum, rms) => sum + rms * rms, 0) / middle.length);
  expect(mean).toBeGreaterThan(0.8 * speechRms(0.3));
  expect(mean).toBeLessThan(1.2 * speechRms(0.3));
});

it('[STAT-10] counts the frames of a camera, and none while it delivers none', async () => {
  const watched = await watchAlice();
  await pollUntil(watched, 'video', frames, 'moves');
  await watched.alice.stopFilming();
  await pollUntil(watched, 'video', frames, 'stands still');
  await watched.alice.startFilming();
  await pollUntil(watched, 'video', frames, 'moves');
});

it('[STAT-11] counts no packets of somebody whose device stands still', async () => {
  const watched = await watchAlice();
  await watched.alice.speak();
  await pollUntil(watched, 'audio', packets, 'moves');
  watched.alice.freeze();
  await pollUntil(watched, 'audio', packets, 'stands still');
  watched.alice.thaw();
  await pollUntil(watched, 'audio', packets, 'moves');
  expect(watched.countOf('participant.disconnected')).toBe(0);
});

it('[ROOM-22] tells that its own connection broke and came back, with everybody still there', async () => {
  const { port } = new URL(inject('livekit').url);
  const proxy = await openTcpProxy(Number(port));
  onTestFinished(() => proxy.close());
  const watched = await watchAlice(`ws://127.0.0.1:${proxy.port}`);
  const { countOf, facts, alice } = watched;
  proxy.cut();
  await until(() => countOf('room.reconnecting') > 0, 'the break');
  await until(() => countOf('room.reconnected') > 0, 'the way back', 30_000);
  await alice.speak();
  await pollUntil(watched, 'audio', packets, 'moves');
  const own = facts.slice(facts.findIndex(({ type }) => type === 'room.reconnecting'));
  expect(own.filter(({ type }) => type === 'participant.disconnected')).toEqual([]);
});
