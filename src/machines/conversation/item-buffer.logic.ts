import type { ConversationItem } from './conversation-item.ts';

type KeptItem = {
  readonly item: ConversationItem;
  /** When it was last sent; null: not yet. */
  readonly sentAt: number | null;
};

/** The latest items of a conversation, in their order: those that were sent, then those that wait. */
export type ItemBuffer = {
  readonly kept: readonly KeptItem[];
  /** How many at the end wait. */
  readonly waiting: number;
  /** Of all contents that are kept. */
  readonly characters: number;
  /** How many were dropped while they waited. */
  readonly lost: number;
};

export type BufferLimits = { readonly items: number; readonly ageMs: number };

/** Items are at most 16 KiB, which is far more than 1,000 of them usually are. */
const MAX_CHARACTERS = 1_000_000;

export const emptyBuffer: ItemBuffer = { kept: [], waiting: 0, characters: 0, lost: 0 };

/** Adds an item that is to be sent. The oldest are dropped beyond the limits, sent or not. */
export function keepItem(
  buffer: ItemBuffer,
  item: ConversationItem,
  limits: BufferLimits,
): ItemBuffer {
  const kept = [...buffer.kept, { item, sentAt: null }];
  const waiting = buffer.waiting + 1;
  let characters = buffer.characters + item.content.length;
  let dropped = 0;
  for (const { item: oldest } of kept) {
    const isWithin =
      kept.length - dropped <= limits.items &&
      item.at - oldest.at <= limits.ageMs &&
      characters <= MAX_CHARACTERS;
    // The newest stays, whatever the limits.
    if (isWithin || oldest === item) break;
    characters -= oldest.content.length;
    dropped += 1;
  }
  const left = Math.min(waiting, kept.length - dropped);
  return {
    kept: kept.slice(dropped),
    waiting: left,
    characters,
    lost: buffer.lost + waiting - left,
  };
}

export const waitingItems = ({ kept, waiting }: ItemBuffer): readonly ConversationItem[] =>
  waiting === 0 ? [] : kept.slice(-waiting).map(({ item }) => item);

/** The items after this place that were sent already. */
export const sentAfter = (
  { kept, waiting }: ItemBuffer,
  seq: number,
): readonly ConversationItem[] =>
  kept.slice(0, kept.length - waiting).flatMap(({ item }) => (item.seq > seq ? [item] : []));

/** The first of those that wait were sent now. */
export function markSent(buffer: ItemBuffer, count: number, at: number): ItemBuffer {
  const from = buffer.kept.length - buffer.waiting;
  return {
    ...buffer,
    waiting: buffer.waiting - count,
    kept: [
      ...buffer.kept.slice(0, from),
      ...buffer.kept.slice(from, from + count).map(({ item }) => ({ item, sentAt: at })),
      ...buffer.kept.slice(from + count),
    ],
  };
}

/** What was sent since then may not have arrived: it waits again. */
export function waitAgain(buffer: ItemBuffer, since: number): ItemBuffer {
  const first = buffer.kept.findIndex(({ sentAt }) => sentAt === null || sentAt >= since);
  return first === -1 ? buffer : { ...buffer, waiting: buffer.kept.length - first };
}
