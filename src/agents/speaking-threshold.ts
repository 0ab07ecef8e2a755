import { fraction } from './setting-types.ts';

/** SPEAKING_THRESHOLD, the same for every agent that finds speech by its level. */
export const speakingThreshold = fraction({
  description: 'RMS level of the microphone, 0 to 1, above which a participant speaks.',
  default: '0.01',
});
