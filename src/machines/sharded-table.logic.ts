/**
 * A table in many small parts, as plain data: a change copies one part and the list of parts, however
 * many entries there are. One record of 500 would be copied whole with every event of a participant.
 */
export type Shards<TEntry> = readonly (readonly TEntry[])[];

/** Enough that a room of 500 has parts of eight. */
const SHARDS = 64;

export const noShards: Shards<never> = Array.from({ length: SHARDS }, () => []);

export type ShardedTable<TEntry> = {
  readonly find: (shards: Shards<TEntry>, key: string) => TEntry | undefined;
  /** Puts an entry in the place of the one with its key, or adds it. */
  readonly put: (shards: Shards<TEntry>, entry: TEntry) => Shards<TEntry>;
  readonly remove: (shards: Shards<TEntry>, key: string) => Shards<TEntry>;
  /** The entries of the part in which the key has its place, oldest first. */
  readonly partOf: (shards: Shards<TEntry>, key: string) => readonly TEntry[];
};

/** The ways to use tables of such entries. */
export function shardedTable<TEntry>(keyOf: (entry: TEntry) => string): ShardedTable<TEntry> {
  const partOf = (shards: Shards<TEntry>, key: string) => shards[shardOf(key)] ?? [];
  return {
    partOf,
    find: (shards, key) => partOf(shards, key).find((entry) => keyOf(entry) === key),
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
