import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createAudioLevelsActor } from '../../src/actors/audio-levels.actor.ts';
import type { AudioFrame } from '../../src/actors/ports.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { LevelFact } from '../../src/machines/events.ts';
import { openPort } from '../support/open-port.ts';
import { ScriptedRoomClient } from '../support/scripted-room-client.ts';

const SAMPLE_RATE_HZ = 16_000;

function listen() {
  const frames = new ScriptedRoomClient();
  const track = new Subject<AudioFrame>();
  frames.tracks.set('TR_a', track);
  const clock = new VirtualClock(10_000);
  const port = openPort<{ trackSid: string }, LevelFact>(
    createAudioLevelsActor({ frames, clock }),
    { trackSid: 'TR_a' },
  );
  const play = (level: number, durationMs = 100) => {
    const samples = new Int16Array((SAMPLE_RATE_HZ * durationMs) / 1000);
    track.next({ samples: samples.fill(Math.round(level * 32_768)), sampleRateHz: SAMPLE_RATE_HZ });
  };
  const times = () => port.facts.map(({ at }) => at);
  return { track, clock, play, times, ...port };
}

it('[LVL-1] measures one window per 100 ms of samples, however they are cut into frames', () => {
  const { clock, play, facts } = listen();
  clock.advanceBy(20);
  for (let frame = 0; frame < 10; frame += 1) play(frame < 5 ? 0.25 : 0.5, 20);
  expect(facts).toEqual([
    { type: 'audio.levelMeasured', rms: 0.25, at: 10_100 },
    { type: 'audio.levelMeasured', rms: 0.5, at: 10_200 },
  ]);
});

it('[LVL-2] rounds the level to four digits', () => {
  const { play, facts } = listen();
  play(1 / 3);
  expect(facts).toMatchObject([{ rms: 0.3333 }]);
});

it('[LVL-3] gives the windows of a burst the times that they would have had', () => {
  const { clock, play, times } = listen();
  play(0.1);
  clock.advanceBy(3_000);
  for (let frame = 0; frame < 30; frame += 1) play(0.1);
  expect(times().slice(0, 3)).toEqual([10_000, 10_100, 10_200]);
  expect(times().at(-1)).toBe(13_000);
});

describe('where the count has drifted from the clock by more than 500 ms', () => {
  it('[LVL-4] reads the clock again once samples stay late', () => {
    const { clock, play, times } = listen();
    play(0.1);
    clock.advanceBy(700);
    for (let frame = 0; frame < 11; frame += 1) {
      play(0.1);
      clock.advanceBy(100);
    }
    expect(times().slice(-3)).toEqual([10_900, 11_000, 11_700]);
  });

  it('[LVL-5] reads the clock again when the samples run ahead, and never goes back', () => {
    const { play, times } = listen();
    for (let frame = 0; frame < 12; frame += 1) play(0.1);
    const steps = times().map((at, index) => at - (times()[index - 1] ?? at - 1));
    expect(Math.max(...times())).toBeLessThanOrEqual(10_600);
    expect(Math.min(...steps)).toBeGreaterThan(0);
  });
});

it('[LVL-6] says that the levels ended when the track ends', () => {
  const { track, facts } = listen();
  track.complete();
  expect(facts).toEqual([{ type: 'audio.levelsEnded', at: 10_000 }]);
});

it('[LVL-7] turns an error of the source into a fact', () => {
  const { track, facts } = listen();
  track.error(new Error('not subscribed'));
  const error = { code: 'E_AUDIO_LEVELS', message: 'not subscribed', retryable: true };
  expect(facts).toEqual([{ type: 'audio.levelsFailed', at: 10_000, error }]);
});

it('[LVL-8] stops reading when it is stopped', () => {
  const { track, close } = listen();
  expect(track.observed).toBe(true);
  close();
  expect(track.observed).toBe(false);
});
