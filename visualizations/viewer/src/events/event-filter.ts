import type { Entry } from '../../../../src/io/inspect/protocol.ts';

export type EventFilter = {
  /** Empty: all. */
  readonly text: string;
  readonly onlyTransitions: boolean;
};

/** Those that a filter lets through; its text stands in the type, the sender, a transition or the payload. */
export function filterEntries(
  entries: readonly Entry[],
  { text, onlyTransitions }: EventFilter,
): readonly Entry[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' && !onlyTransitions) return entries;
  return entries.filter(
    (entry) =>
      (!onlyTransitions || entry.taken.length > 0) && (wanted === '' || hasText(entry, wanted)),
  );
}

const hasText = ({ event, from, taken, value }: Entry, wanted: string): boolean =>
  [event.type, from ?? '', ...taken, JSON.stringify(event), JSON.stringify(value)].some((text) =>
    text.toLowerCase().includes(wanted),
  );
