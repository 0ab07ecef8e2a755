import { expect, it } from 'vitest';
import { fuzzSeeds } from './fuzz-seeds.ts';
import { runRooms } from './rooms-run.ts';

it.each(fuzzSeeds(process.env))(
  '[FUZZ-30] keeps every promise of a room whatever happens in it, seed %i',
  { timeout: 60_000 },
  async (seed) => {
    expect(await runRooms(seed)).toBe('');
  },
);
