import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTrackStatsActor } from '../../src/actors/track-stats.actor.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import type { StatsFact, StatsSample } from '../../src/machines/events.ts';
import { openPort } from '../support/open-port.ts';
import { ScriptedRoomClient } from '../support/scripted-room-client.ts';

const sample: StatsSample = { tracks: [], roundTripTimeMs: 12, availableIncomingBitrate: null };

function poll(phaseMs: number, answer: () => Promise<StatsSample>) {
  const room = new ScriptedRoomClient();
  const asked: number[] = [];
  const clock = new VirtualClock();
  room.nextStats = () => {
    asked.push(clock.now());
    return answer();
  };
  const port = openPort<Record<string, never>, StatsFact>(
    createTrackStatsActor({ room, clock, phaseMs }),
    {},
  );
  /** Moves time in steps, so that answers come in between. */
  const pass = async (durationMs: number) => {
    for (let passed = 0; passed < durationMs; passed += 100) {
      clock.advanceBy(100);
      await turn();
    }
  };
  return { asked, clock, pass, ...port };
}

it('[STAT-1] polls twice a second, beginning at its offset', async () => {
  const { asked, pass, facts } = poll(120, () => Promise.resolve(sample));
  await pass(1_200);
  expect(asked).toEqual([120, 620, 1_120]);
  expect(facts[0]).toEqual({ type: 'stats.sampled', at: 200, ...sample });
});

it('[STAT-2] tells of a failed poll, and polls on', async () => {
  const { asked, pass, facts } = poll(0, () => Promise.reject(new Error('not in the room')));
  await pass(600);
  const error = { code: 'E_TRACK_STATS', message: 'not in the room', retryable: true };
  expect(facts[0]).toMatchObject({ type: 'stats.failed', error });
  expect(asked).toHaveLength(2);
});

it('[STAT-3] asks once at a time, and gives up an answer after 5 s', async () => {
  const { asked, pass, facts } = poll(0, () => new Promise(() => undefined));
  await pass(4_900);
  expect(asked).toEqual([0]);
  expect(facts).toEqual([]);
  await pass(600);
  expect(facts).toMatchObject([{ type: 'stats.failed' }]);
  expect(asked).toHaveLength(2);
});

it('[STAT-4] leaves no timer behind', async () => {
  const { clock, pass, close } = poll(0, () => Promise.resolve(sample));
  await pass(700);
  close();
  expect(clock.pendingCount).toBe(0);
});
