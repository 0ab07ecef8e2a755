import { expect, it } from 'vitest';
import { fuzzSeeds } from './fuzz-seeds.ts';
import { liveSeed } from './lives.ts';

it.each(fuzzSeeds(process.env))(
  '[FUZZ-19] keeps every promise of a session whatever happens in its room, seed %i',
  { timeout: 60_000 },
  async (seed) => {
    expect(await liveSeed(seed)).toBe('');
  },
);
