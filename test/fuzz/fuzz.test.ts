import { expect, it } from 'vitest';
import type { EndReason } from '../../src/machines/events.ts';
import { runSeed } from './fuzz-run.ts';
import { fuzzSeeds } from './fuzz-seeds.ts';

const seeds = fuzzSeeds(process.env);
/** Of those whose jobs are replayed from their logs. */
const replayEvery = 10;
const reached = new Set<EndReason>();

it.each(seeds)(
  '[FUZZ-1] keeps every promise whatever happens, seed %i',
  { timeout: 60_000 },
  async (seed) => {
    const { failure, endReasons } = await runSeed(seed, seed % replayEvery === 0);
    expect(failure).toBe('');
    for (const reason of endReasons) reached.add(reason);
  },
);

// Others may all end alike.
const isUsualRun = seeds.length >= 50 && seeds[0] === 0;

it.runIf(isUsualRun)('[FUZZ-18] comes to every end there is', () => {
  expect([...reached].sort()).toEqual([
    'agent_error',
    'agent_removed',
    'connection_lost',
    'dispatch_deleted',
    'drained',
    'duplicate_identity',
    'join_failed',
    'max_duration',
    'participant_left',
    'participant_never_connected',
    'room_closed',
    'room_deleted',
  ]);
});
