import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noShards, shardedTable, type Shards } from '../../src/machines/sharded-table.logic.ts';

type Entry = { readonly key: string; readonly value: number };

const table = shardedTable<Entry>(({ key }) => key);
const SEED = 20_261_121;

/** Few different keys, so that the same ones come back; some are the names of what every object has. */
const keys = fc.oneof(
  fc.constantFrom('', '__proto__', 'constructor', 'ä', '\u{1f600}'),
  fc.integer({ min: 0, max: 200 }).map((number) => `guest-${number}`),
);
const steps = fc.array(fc.record({ key: keys, value: fc.nat(), removes: fc.boolean() }), {
  maxLength: 400,
});

it('[BIG-1] a table in parts holds what a map would hold', () => {
  fc.assert(
    fc.property(steps, (course) => {
      const map = new Map<string, Entry>();
      let shards = table.put(noShards, { key: 'first', value: 0 });
      map.set('first', { key: 'first', value: 0 });
      for (const { key, value, removes } of course) {
        if (removes) map.delete(key);
        else map.set(key, { key, value });
        shards = removes ? table.remove(shards, key) : table.put(shards, { key, value });
        expect(table.find(shards, key)).toEqual(map.get(key));
      }
      const sorted = (entries: Iterable<Entry>) =>
        [...entries].sort((one, other) => (one.key < other.key ? -1 : 1));
      expect(sorted(shards.flat())).toEqual(sorted(map.values()));
    }),
    { seed: SEED, numRuns: 200 },
  );
});

it('[BIG-2] a change leaves all parts but one as they are, and a room of 500 has small ones', () => {
  const entries = Array.from({ length: 500 }, (_, value) => ({ key: `guest-${value}`, value }));
  const shards = entries.reduce<Shards<Entry>>(table.put, noShards);
  const changed = table.put(shards, { key: 'guest-7', value: -1 });
  expect(changed.filter((part, index) => part !== shards[index])).toHaveLength(1);
  expect(Math.max(...shards.map(({ length }) => length))).toBeLessThan(25);
});
