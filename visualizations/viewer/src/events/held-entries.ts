import type { Entry } from '../../../../src/io/inspect/protocol.ts';

/** What stands still while a list is paused. */
export type HeldEntries = { readonly entries: readonly Entry[]; readonly lastSeq: number };

export const hold = (entries: readonly Entry[]): HeldEntries => ({
  entries,
  lastSeq: entries.at(-1)?.seq ?? 0,
});

/** So many arrived since; numbers grow by one within an actor, so also those count that are gone again. */
export const waitingBehind = ({ lastSeq }: HeldEntries, entries: readonly Entry[]): number =>
  Math.max(0, (entries.at(-1)?.seq ?? lastSeq) - lastSeq);

/** Entries between two that are there whose numbers are missing: they happened and are no longer known. */
export const missingBefore = (entry: Entry, previous: Entry | undefined): number =>
  previous === undefined ? 0 : Math.max(0, entry.seq - previous.seq - 1);
