import type { ConversationItem } from '../conversation/conversation-item.ts';
import type { ItemMessage } from '../conversation/item-message.logic.ts';

/**
 * The items of one conversation-monitor, put in order: each once, as they come without gaps.
 *
 * Limits: 20 items whose parts are not complete (one more drops the oldest), and 200 items or 1 MiB of
 * text that wait behind a gap (one more gives the gap up).
 */
export type ItemStream = {
  /** Whose items these are; null: nobody's yet. */
  readonly jobId: string | null;
  /** When its last message came, epoch milliseconds. */
  readonly heardAt: number;
  /** The place of the item that is to come next. */
  readonly next: number;
  readonly partial: readonly PartialItem[];
  /** What came behind a gap, by `seq`. */
  readonly held: readonly ConversationItem[];
  readonly counts: StreamCounts;
};

type StreamCounts = {
  /** Brought in order. */
  readonly items: number;
  /** That were asked for in vain. */
  readonly missing: number;
  readonly duplicates: number;
  /** Messages of monitors that are not followed. */
  readonly ofOthers: number;
  /** How often another monitor was followed, because the one before had fallen silent. */
  readonly changes: number;
};

type PartialItem = {
  readonly item: ConversationItem;
  /** Null where a part has not come. */
  readonly pieces: readonly (string | null)[];
};

/** The stream as it is now, and the items that are ready, in order. */
export type Heard = { readonly stream: ItemStream; readonly items: readonly ConversationItem[] };

const MAX_PARTIAL = 20;
const MAX_HELD = 200;
const MAX_HELD_LENGTH = 2 ** 20;
/** Then another monitor of the room is followed, from there on. */
export const SILENT_MS = 10_000;

export const noStream: ItemStream = {
  jobId: null,
  heardAt: 0,
  next: 1,
  partial: [],
  held: [],
  counts: { items: 0, missing: 0, duplicates: 0, ofOthers: 0, changes: 0 },
};

/** Whether something is missing before what has come. */
export const hasGap = ({ held }: ItemStream): boolean => held.length > 0;

/** Takes one message in. */
export function hear(stream: ItemStream, message: ItemMessage, at: number): Heard {
  const { jobId, item } = message;
  if (stream.jobId === null) return hearOwn({ ...stream, jobId }, message, at);
  if (stream.jobId === jobId) return hearOwn(stream, message, at);
  if (at - stream.heardAt < SILENT_MS) return { stream: counted(stream, 'ofOthers'), items: [] };
  const rest = giveUpAll(stream);
  const next = counted({ ...rest.stream, jobId, next: item.seq, partial: [] }, 'changes');
  const heard = hearOwn(next, message, at);
  return { stream: heard.stream, items: [...rest.items, ...heard.items] };
}

/** Goes on behind the first gap, whose items count as missing. */
export function giveUpGap(stream: ItemStream): Heard {
  const [first] = stream.held;
  if (!first) return { stream, items: [] };
  const skipped = counted(stream, 'missing', first.seq - stream.next);
  return released({ ...skipped, next: first.seq });
}

/** Goes on behind all gaps, and without the items whose parts are not complete. */
export function giveUpAll(stream: ItemStream): Heard {
  const heard = giveUpGap({ ...stream, partial: [] });
  if (hasGap(heard.stream)) {
    const rest = giveUpAll(heard.stream);
    return { stream: rest.stream, items: [...heard.items, ...rest.items] };
  }
  const cut = stream.partial.filter(({ item }) => item.seq >= heard.stream.next);
  return { ...heard, stream: counted(heard.stream, 'missing', cut.length) };
}

function hearOwn(before: ItemStream, message: ItemMessage, at: number): Heard {
  const stream = { ...before, heardAt: at };
  const { seq } = message.item;
  if (seq < stream.next || stream.held.some((held) => held.seq === seq)) {
    return { stream: counted(stream, 'duplicates'), items: [] };
  }
  if (message.parts === 1) return take(stream, message.item);
  const { partial, whole } = join(stream.partial, message);
  const joined = { ...stream, partial };
  return whole ? take(joined, whole) : { stream: joined, items: [] };
}

function join(
  partial: readonly PartialItem[],
  { item, part, parts }: ItemMessage,
): { readonly partial: readonly PartialItem[]; readonly whole: ConversationItem | null } {
  const others = partial.filter((one) => one.item.seq !== item.seq);
  const known = partial.find((one) => one.item.seq === item.seq && one.pieces.length === parts);
  const before = known?.pieces ?? Array.from({ length: parts }, () => null);
  const pieces = before.map((piece, index) => (index === part - 1 ? item.content : piece));
  const isWhole = pieces.every((piece) => piece !== null);
  if (isWhole) return { partial: others, whole: { ...item, content: pieces.join('') } };
  return { partial: [...others, { item, pieces }].slice(-MAX_PARTIAL), whole: null };
}

function take(stream: ItemStream, item: ConversationItem): Heard {
  const held = [...stream.held, item].toSorted((one, other) => one.seq - other.seq);
  const heard = released({ ...stream, held });
  const { held: waiting } = heard.stream;
  const length = waiting.reduce((sum, { content }) => sum + content.length, 0);
  if (waiting.length <= MAX_HELD && length <= MAX_HELD_LENGTH) return heard;
  return giveUpGap(heard.stream);
}

/** Those that are next, in a row. */
function released(stream: ItemStream): Heard {
  const gap = stream.held.findIndex(({ seq }, index) => seq !== stream.next + index);
  const items = gap < 0 ? stream.held : stream.held.slice(0, gap);
  const next = stream.next + items.length;
  const held = stream.held.slice(items.length);
  const partial = stream.partial.filter(({ item }) => item.seq >= next);
  return { stream: counted({ ...stream, next, held, partial }, 'items', items.length), items };
}

const counted = (stream: ItemStream, name: keyof StreamCounts, by = 1): ItemStream => ({
  ...stream,
  counts: { ...stream.counts, [name]: stream.counts[name] + by },
});
