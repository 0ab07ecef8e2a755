import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TrackInfo } from '../../../src/machines/events.ts';
import {
  emptyCensus,
  everybodyIn,
  sumOf,
  type Census,
} from '../../../src/machines/room/census.logic.ts';
import { enter, leave } from '../../../src/machines/room/entries.logic.ts';
import { publish, unpublish } from '../../../src/machines/room/room-tracks.logic.ts';
import { refOf } from '../../support/room-facts.ts';
import { microphone, participant, T0 } from '../../support/session-facts.ts';

const SEED = 20_261_121;

/** What somebody does, of a few, so that the same ones come back; some are called as what objects have. */
const deeds = fc.array(
  fc.record({
    what: fc.constantFrom('enter', 'leave', 'publish', 'unpublish'),
    identity: fc.constantFrom('alice', 'bob', '__proto__', 'constructor', 'ä'),
    connection: fc.integer({ min: 1, max: 2 }),
    track: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 200 },
);

type Present = { connection: number; readonly tracks: Set<string> };

it('[RAN-1] counts what a plain map of participants would count, whatever happens', () => {
  fc.assert(
    fc.property(deeds, (course) => {
      const here = new Map<string, Present>();
      const ever = new Set<string>();
      let [joins, leaves] = [0, 0];
      let census: Census = emptyCensus;
      for (const { what, identity, connection, track } of course) {
        const ref = refOf(identity, connection);
        const info: TrackInfo = { ...microphone, sid: `TR_${ref.sid}_${track}` };
        const present = here.get(identity);
        const isHere = present?.connection === connection;
        switch (what) {
          case 'enter': {
            const entry = { participant: participant(ref), at: T0 };
            census = enter(census, entry).census;
            if (isHere) break;
            if (present) leaves += 1;
            joins += 1;
            ever.add(identity);
            here.set(identity, { connection, tracks: new Set() });
            break;
          }
          case 'leave':
            census = leave(census, { at: T0, ...ref }).census;
            if (!isHere) break;
            leaves += 1;
            here.delete(identity);
            break;
          case 'publish':
            census = publish(census, { ...ref, track: info });
            if (isHere) present.tracks.add(info.sid);
            break;
          case 'unpublish':
            census = unpublish(census, { ...ref, trackSid: info.sid });
            if (isHere) present.tracks.delete(info.sid);
        }
      }
      const tracks = [...here.values()].reduce((sum, present) => sum + present.tracks.size, 0);
      expect(census).toMatchObject({
        joins,
        leaves,
        present: here.size,
        everybody: here.size,
        identityCount: ever.size,
      });
      expect(sumOf(census.tracks)).toBe(tracks);
      expect(
        everybodyIn(census)
          .map(({ identity }) => identity)
          .sort(),
      ).toEqual([...here.keys()].sort());
    }),
    { seed: SEED, numRuns: 300 },
  );
});

/** Lets guests come and go, one after the other. */
function visits(census: Census, count: number): Census {
  let now = census;
  for (let guest = 0; guest < count; guest += 1) {
    const ref = refOf(`guest-${guest}`);
    const entry = { participant: participant(ref, { tracks: [microphone] }), at: T0 };
    now = leave(enter(now, entry).census, { at: T0, ...ref }).census;
  }
  return now;
}

const roomOf = (size: number): Census =>
  Array.from({ length: size }, (_, seat) => participant(refOf(`seat-${seat}`))).reduce<Census>(
    (census, seated) => enter(census, { participant: seated, at: T0 }).census,
    emptyCensus,
  );

it('[RAN-1] tells 10,000 identities apart, and says that there were more', () => {
  const census = visits(roomOf(1), 10_001);
  expect(census).toMatchObject({
    identityCount: 10_000,
    identitiesAreExact: false,
    joins: 10_002,
    present: 1,
  });
});

it(
  '[RAN-11] takes 10,000 joins and leaves in a room of 500 as in one of 10, and keeps nothing of them',
  { timeout: 30_000 },
  () => {
    const [small, big] = [roomOf(10), roomOf(500)];
    visits(big, 1_000);
    const afterwards = new Map<Census, Census>();
    const cpuOf = (census: Census): number => {
      const before = process.cpuUsage();
      afterwards.set(census, visits(census, 10_000));
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    expect(cpuOf(big) / cpuOf(small)).toBeLessThan(3);
    for (const [before, after] of afterwards) {
      const bytesOf = (census: Census) => JSON.stringify({ ...census, identities: [] }).length;
      expect(bytesOf(after)).toBeLessThan(bytesOf(before) + 500);
    }
  },
);
