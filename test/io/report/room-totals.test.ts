import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RoomTally } from '../../../src/io/report/room-totals.ts';
import { roomSummary } from '../../support/room-figures.ts';

it('[RPT-10] adds up rooms, and counts who was in several of them once', () => {
  const tally = new RoomTally();
  tally.add(roomSummary({ joins: 3, whoWasThere: ['alice', 'bob'], peakParticipants: 2 }));
  tally.add(roomSummary({ joins: 2, whoWasThere: ['bob', 'carol'], messages: 7 }));
  expect(tally.totals).toEqual({
    ...{ rooms: 2, participants: 5, identities: 3, identitiesAreExact: true },
    ...{ tracks: 6, messages: 7, monitoredMs: 2_000, peakParticipants: 2, peakRooms: 2 },
  });
});

it('[RPT-11] says that there were more identities than it tells apart', () => {
  const tally = new RoomTally(2);
  tally.add(roomSummary({ whoWasThere: ['alice', 'bob'] }));
  expect(tally.totals).toMatchObject({ identities: 2, identitiesAreExact: true });
  tally.add(roomSummary({ whoWasThere: ['bob', 'carol'] }));
  expect(tally.totals).toMatchObject({ identities: 2, identitiesAreExact: false });
});

it('[RPT-11] counts at least as many as were in one room, where the names are not known', () => {
  const tally = new RoomTally();
  tally.add(roomSummary({ identities: 40, identitiesAreExact: false, whoWasThere: [] }));
  tally.add(roomSummary({ identities: 2, whoWasThere: ['alice', 'bob'] }));
  expect(tally.totals).toMatchObject({ identities: 40, identitiesAreExact: false });
});

it('[RPT-11] passes on that a room could not tell all of its identities apart', () => {
  const tally = new RoomTally();
  tally.add(roomSummary({ identitiesAreExact: false }));
  expect(tally.totals).toMatchObject({ identitiesAreExact: false });
});

it('[RPT-12] finds how many rooms were watched at once, as counting at every moment does', () => {
  const span = fc.record({
    startedAt: fc.integer({ min: 0, max: 30 }),
    // One that was cut off before its first status lasted for none, as far as is known.
    durationMs: fc.integer({ min: 0, max: 10 }),
  });
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 30 }), (spans) => {
      const tally = new RoomTally();
      for (const each of spans) tally.add(roomSummary(each));
      const atOnce = (moment: number): number =>
        spans.filter(
          (one) => one.startedAt <= moment && moment < one.startedAt + Math.max(one.durationMs, 1),
        ).length;
      const moments = Array.from({ length: 41 }, (_, moment) => atOnce(moment));
      expect(tally.totals.peakRooms).toBe(Math.max(...moments));
    }),
  );
});

it('[RPT-12] remembers a peak of long ago, however many rooms come after it', () => {
  const tally = new RoomTally();
  for (let room = 0; room < 7; room += 1) tally.add(roomSummary({ startedAt: 0, durationMs: 10 }));
  for (let room = 1; room < 12_000; room += 1) {
    tally.add(roomSummary({ startedAt: room * 100, durationMs: 10 }));
  }
  expect(tally.totals.peakRooms).toBe(7);
});
