import type { Entry } from '../../../../src/io/inspect/protocol.ts';

/** What stands still while a list is paused. */
export type HeldEntries = { readonly entries: readonly Entry[]; readonly lastSeq: number };

export const hold = (entries: readonly Entry[]): HeldEntries => ({
  entries,
  lastSeq: lastSeqOf(entries),
});

/** The last one may be an older one that was repeated. */
const lastSeqOf = (entries: readonly Entry[]): number =>
  Math.max(0, ...entries.map(({ seq }) => seq));

/** So many arrived since; numbers grow by one within an actor, so also those count that are gone again. */
export const waitingBehind = ({ lastSeq }: HeldEntries, entries: readonly Entry[]): number =>
  Math.max(0, lastSeqOf(entries) - lastSeq);
