/** A tone that comes and goes like syllables, four a second, so that encoders and meters take it for speech. */
const TONE_HZ = 220;
const SYLLABLES_HZ = 4;

/** How loud a syllable is between its beginning and its end, 0.5 to 1: speech has no silence inside a word. */
const envelopeAt = (seconds: number): number =>
  0.75 + 0.25 * Math.cos(2 * Math.PI * SYLLABLES_HZ * seconds);

const FULL_SCALE = 32_767;

/**
 * Samples of synthetic speech.
 *
 * @param fromSample where in the speech it begins, so that chunks join without a click.
 * @param amplitude 0 to 1, of the loudest sample.
 */
export function speechSamples(
  fromSample: number,
  count: number,
  sampleRateHz: number,
  amplitude: number,
): Int16Array {
  const samples = new Int16Array(count);
  for (let index = 0; index < count; index += 1) {
    const seconds = (fromSample + index) / sampleRateHz;
    const tone = Math.sin(2 * Math.PI * TONE_HZ * seconds);
    samples[index] = Math.round(FULL_SCALE * amplitude * envelopeAt(seconds) * tone);
  }
  return samples;
}

/** The RMS level, 0 to 1, of long synthetic speech of this amplitude. */
export const speechRms = (amplitude: number): number =>
  // Of the envelope: 0.75^2 + 0.25^2 / 2; of a sine: one half.
  amplitude * Math.sqrt((0.75 ** 2 + 0.25 ** 2 / 2) / 2);
