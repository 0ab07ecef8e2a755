/**
 * A table in many small parts, as plain data: a change copies one part and the list of parts, however
 * many entries there are. One record of 500 would be copied whole with every event of a participant.
 *
 * Its keys are ids of the server (`PA_…`), and never names: a log in which people have other names must
 * replay the same, and the part in which somebody stands would tell of the name.
 */
export type Shards<TEntry> = readonly (readonly TEntry[])[];

/** Enough that a room of 500 has parts of eight. */
const SHARDS = 64;

export const noShards: Shards<never> = Array.from({ length: SHARDS }, () => []);

export type ShardedTable<TEntry> = {
  readonly find: (shards: Shards<TEntry>, key: string) => TEntry | undefined;
  /** Looks at every entry, in no order. */
  readonly findWhere: (
    shards: Shards<TEntry>,
    is: (entry: TEntry) => boolean,
  ) => TEntry | undefined;
  /** Puts an entry in the place of the one with its key, or adds it. */
  readonly put: (shards: Shards<TEntry>, entry: TEntry) => Shards<TEntry>;
  readonly remove: (shards: Shards<TEntry>, key: string) => Shards<TEntry>;
};

/** The ways to use tables of such entries. */
export function shardedTable<TEntry>(keyOf: (entry: TEntry) => string): ShardedTable<TEntry> {
  const partOf = (shards: Shards<TEntry>, key: string) => shards[shardOf(key)] ?? [];
  return {
    find: (shards, key) => partOf(shards, key).find((entry) => keyOf(entry) === key),
    findWhere: (shards, is) => {
      for (const part of shards) for (const entry of part) if (is(entry)) return entry;
      return undefined;
    },
    put: (shards, entry) => {
      const key = keyOf(entry);
      const part = partOf(shards, key);
      const index = part.findIndex((other) => keyOf(other) === key);
      return shards.with(shardOf(key), index < 0 ? [...part, entry] : part.with(index, entry));
    },
    remove: (shards, key) =>
      shards.with(
        shardOf(key),
        partOf(shards, key).filter((entry) => keyOf(entry) !== key),
      ),
  };
}

/** The hash FNV-1a over the UTF-16 units of a key (draft-eastlake-fnv): even, and the same in every process. */
function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % SHARDS;
}
