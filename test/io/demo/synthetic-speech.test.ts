import { expect, it } from 'vitest';
import { speechRms, speechSamples } from '../../../src/io/demo/synthetic-speech.ts';

const rate = 48_000;

it('[DEMO-1] has the level that it claims', () => {
  const samples = speechSamples(0, rate, rate, 0.3);
  const sumOfSquares = samples.reduce((sum, sample) => sum + sample * sample, 0);
  const rms = Math.sqrt(sumOfSquares / samples.length) / 32_768;
  expect(rms).toBeCloseTo(speechRms(0.3), 3);
});

it('[DEMO-2] goes on where the chunk before ended', () => {
  const whole = speechSamples(0, 960, rate, 0.3);
  const halves = [...speechSamples(0, 480, rate, 0.3), ...speechSamples(480, 480, rate, 0.3)];
  expect(halves).toEqual([...whole]);
});
