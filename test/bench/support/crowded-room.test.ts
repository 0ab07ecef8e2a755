import { expect, it } from 'vitest';
import { measurePassages } from '../../../bench/support/crowded-room.ts';
import { roomAnalytics } from '../../../src/agents/room-analytics.agent.ts';
import { roomInput } from '../../support/room-facts.ts';

const { settings } = roomInput();
const agent = { agent: roomAnalytics, metadata: {}, settings };

it('[BIG-8] weighs those who come and go, and not those who stay', () => {
  const passages = measurePassages(agent, [1, 60], { people: 40, slices: 2 });
  expect(passages.map(({ inside }) => inside)).toEqual([1, 60]);
  for (const { usEach, heapBytes } of passages) {
    expect(usEach).toHaveLength(2);
    expect(usEach.every((us) => us > 0)).toBe(true);
    expect(heapBytes).toHaveLength(2);
  }
  const [few = NaN, many = NaN] = passages.map(({ logBytesEach }) => logBytesEach);
  // A join, a track and a leave, with all that follows.
  expect(few).toBeGreaterThan(500);
  expect(many / few).toBeCloseTo(1, 1);
});
