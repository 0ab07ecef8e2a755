import { expect, it } from 'vitest';
import { RecordingView } from '../../../../src/io/inspect/recording/recording-view.ts';
import { VirtualClock } from '../../../../src/io/virtual-clock.ts';
import { openGolden, RecordingWatcher, watchGolden } from '../../../support/recorded-view.ts';

const alice = { system: 'AJ_test', path: 'job/agent/participant:alice' };
const start = Date.UTC(2026, 0, 1);

it('[REC-30] tells a viewer of the whole recording, and of the actors where the playhead is', async () => {
  const { watcher, recording } = await watchGolden('participant-monitor');
  expect(watcher.last('hello').source).toMatchObject({
    kind: 'recording',
    file: 'participant-monitor.1.jsonl',
  });
  expect(watcher.last('recording').steps).toBe(recording.about.steps);
  expect(watcher.last('playhead')).toMatchObject({ step: 0, at: start, isPlaying: false });
  await watcher.look({ actor: alice, room: 'test-room' });
  await watcher.ask({ type: 'goTo', step: 300 });
  expect(watcher.last('playhead')).toMatchObject({ step: 300 });
  expect(watcher.last('actor')).toMatchObject({
    at: watcher.last('playhead').at,
    value: { connected: { quality: 'poor' } },
    context: { identity: 'alice' },
  });
});

it('[REC-31] knows after a jump what was before it: starts, states and alerts', async () => {
  const { watcher } = await watchGolden('participant-monitor', 50);
  await watcher.look({ actor: alice });
  await watcher.ask({ type: 'goTo', step: 600 });
  const { knownFrom, at } = watcher.last('playhead');
  expect(knownFrom).toBeGreaterThan(start);
  expect(knownFrom).toBeLessThan(at);
  const { actors } = watcher.last('actors');
  const row = actors.find(({ path }) => path === alice.path);
  expect(row?.startedAt).toBeLessThan(start + 1_000);
  const { states, entries } = watcher.last('actor');
  expect(states[0]?.at).toBeLessThan(start + 1_000);
  expect(states.length).toBeGreaterThan(10);
  expect(entries.every((entry) => entry.at >= knownFrom)).toBe(true);
  // All four had been opened by then, the last of them before the keyframe, too.
  expect(watcher.last('alerts').alerts).toHaveLength(4);
});

it('[REC-31] shows an alert that is resolved later as open', async () => {
  const { watcher } = await watchGolden('participant-monitor');
  await watcher.ask({ type: 'goToTime', at: start + 26_000 });
  const { alerts } = watcher.last('alerts');
  expect(alerts.map(({ alert }) => [alert.key, alert.resolvedAt !== undefined])).toEqual([
    ['video_frozen', true],
    ['poor_quality', false],
  ]);
  await watcher.look({ room: 'test-room' });
  await watcher.ask({ type: 'step', by: -1 });
  expect(watcher.messages.findLast(({ type }) => type === 'reset')).toMatchObject({
    reason: 'jumped',
  });
});

it('[REC-32] plays as many times as fast as it happened, pauses, and ends at the end', async () => {
  const { watcher, clock, recording } = await watchGolden('participant-monitor');
  await watcher.ask({ type: 'play', speed: 10 });
  const since = watcher.last('playhead').at;
  clock.advanceBy(1_000);
  expect(watcher.last('playhead')).toMatchObject({ isPlaying: true, speed: 10 });
  expect(Math.abs(watcher.last('playhead').at - since - 10_000)).toBeLessThan(600);
  await watcher.ask({ type: 'pause' });
  const { step } = watcher.last('playhead');
  clock.advanceBy(5_000);
  expect(watcher.last('playhead')).toMatchObject({ step, isPlaying: false });
  await watcher.ask({ type: 'play', speed: 1_000 });
  clock.advanceBy(1_000);
  expect(watcher.last('playhead')).toMatchObject({ step: recording.about.steps, isPlaying: false });
  await watcher.ask({ type: 'play', speed: 1 });
  expect(watcher.last('playhead').at).toBeLessThan(start + 1_000);
});

it('[REC-33] has one playhead for all viewers, and the same actors for who comes late', async () => {
  const { watcher, view, clock } = await watchGolden('participant-monitor');
  await watcher.ask({ type: 'goTo', step: 500 });
  const late = new RecordingWatcher(view, clock);
  await late.look({ actor: alice });
  await watcher.look({ actor: alice });
  expect(late.last('playhead')).toEqual(watcher.last('playhead'));
  expect(late.last('actor')).toEqual(watcher.last('actor'));
  await late.ask({ type: 'step', by: -1 });
  expect(watcher.last('playhead').step).toBe(499);
});

it('[REC-34] does two steps where two are asked for at once, and the last of many jumps', async () => {
  const { watcher } = await watchGolden('participant-monitor');
  void watcher.ask({ type: 'step', by: 1 });
  await watcher.ask({ type: 'step', by: 1 });
  expect(watcher.last('playhead').step).toBe(2);
  for (const step of [100, 700, 300]) void watcher.ask({ type: 'goTo', step });
  await watcher.ask({ type: 'goTo', step: 40 });
  expect(watcher.last('playhead').step).toBe(40);
});

it('[REC-35] shows nobody before something is opened, and another recording when it is', async () => {
  const clock = new VirtualClock();
  const view = new RecordingView(clock);
  const watcher = new RecordingWatcher(view, clock);
  await watcher.look();
  expect(watcher.last('hello').source).toMatchObject({ kind: 'recording', file: null });
  await watcher.ask({ type: 'play', speed: 1 });
  expect(watcher.last('refused').code).toBe('E_NO_RECORDING');
  view.opening('basic.1.jsonl', 0.5);
  expect(watcher.last('opening').share).toBe(0.5);
  view.show(await openGolden('basic'));
  await watcher.look();
  expect(watcher.last('recording').file).toBe('basic.1.jsonl');
  view.show(await openGolden('worker'));
  await watcher.look();
  expect(watcher.last('hello').source).toMatchObject({ file: 'worker.1.jsonl' });
  expect(watcher.last('actors').actors.map(({ path }) => path)).toContain('worker/supervisor');
  view.close();
});

it('[REC-36] shows the figures of a worker at every moment of its log', async () => {
  const { watcher, clock } = await watchGolden('worker');
  const figures = async (step: number) => {
    await watcher.ask({ type: 'goTo', step });
    // They are told once a second.
    clock.advanceBy(1_000);
    return watcher.last('worker');
  };
  expect((await figures(24)).worker).toMatchObject({ id: 'worker', state: 'draining', jobs: 1 });
  expect(await figures(8)).toMatchObject({
    worker: { state: 'running', fullReason: 'at_capacity', connections: [{ state: 'backoff' }] },
    rssBytes: 1,
  });
  expect((await figures(0)).worker).toMatchObject({ jobs: 0, connections: [{ workerId: null }] });
});
