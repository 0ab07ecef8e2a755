import type { AudioFrame } from '../../actors/ports.ts';

/** The form in which audio is delivered. */
export const frameMs = 100;
const sampleRateHz = 16_000;
const samplesPerMs = sampleRateHz / 1000;

/** A level holds for at least this long: one Opus packet. */
const packetMs = 10;

/** One second of a voice with RMS 1: a tone of 200 Hz whose loudness goes up and down four times. */
const voice: readonly number[] = Array.from({ length: sampleRateHz }, (_, index) => {
  const seconds = index / sampleRateHz;
  const loudness = 1 + 0.3 * Math.sin(2 * Math.PI * 4 * seconds);
  // The mean square of `loudness` is 1.045, that of a sine one half.
  return (Math.sin(2 * Math.PI * 200 * seconds) * loudness) / Math.sqrt(1.045 / 2);
});

/**
 * The 100 ms of audio that end at this time, 16 kHz mono.
 *
 * @param levelAt the RMS level of the voice at a time; 0 gives exact zeros.
 */
export function renderFrame(endsAt: number, levelAt: (time: number) => number): AudioFrame {
  const samples = new Int16Array(frameMs * samplesPerMs);
  for (let offsetMs = 0; offsetMs < frameMs; offsetMs += packetMs) {
    const startsAt = endsAt - frameMs + offsetMs;
    const level = levelAt(startsAt);
    if (level > 0) speakInto(samples, offsetMs * samplesPerMs, startsAt, level);
  }
  return { samples, sampleRateHz };
}

function speakInto(samples: Int16Array, from: number, startsAt: number, level: number): void {
  const phase = Math.round(startsAt * samplesPerMs) % sampleRateHz;
  for (let index = 0; index < packetMs * samplesPerMs; index += 1) {
    const value = voice[(phase + index) % sampleRateHz] ?? 0;
    samples[from + index] = Math.max(-32_768, Math.min(32_767, Math.round(value * level * 32_768)));
  }
}
