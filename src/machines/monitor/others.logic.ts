import type { ParticipantRef } from '../events.ts';
import { shardedTable, type Shards } from '../sharded-table.logic.ts';

/** Who is in the room besides the one who is watched: they hear of that one's speech. */
export type Others = {
  /** Of the one who is watched. */
  readonly identity: string;
  /** In parts: a join costs the same in any room. */
  readonly others: Shards<ParticipantRef>;
  readonly otherCount: number;
};

/** More recipients than this are not told of speech. */
const MAX_OTHERS = 5_000;

const otherTable = shardedTable<ParticipantRef>(({ sid }) => sid);

export function addOther<T extends Others>(known: T, { identity, sid }: ParticipantRef): T {
  const { others, otherCount } = known;
  const isKnown = otherTable.find(others, sid) !== undefined;
  if (identity === known.identity || isKnown || otherCount >= MAX_OTHERS) return known;
  const added = otherTable.put(others, { identity, sid });
  return { ...known, others: added, otherCount: otherCount + 1 };
}

export const withoutOther = (
  { others, otherCount }: Others,
  { sid }: ParticipantRef,
): Partial<Others> =>
  otherTable.find(others, sid) === undefined
    ? {}
    : { others: otherTable.remove(others, sid), otherCount: otherCount - 1 };

export const identitiesOf = (others: Shards<ParticipantRef>): readonly string[] =>
  others.flat().map(({ identity }) => identity);
