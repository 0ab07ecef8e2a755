/** Counts the data messages and text streams of a room by sender and topic. */
import type { ParticipantRef, RoomFact } from '../events.ts';
import { excerptOf } from './excerpt.logic.ts';
import { noShards, shardedTable, type Shards } from '../sharded-table.logic.ts';

type FactOf<TType extends RoomFact['type']> = Extract<RoomFact, { type: TType }>;

/** `json` is an object or a list; of a `truncated` message nothing more can be said. */
type MessageFormat = 'json' | 'text' | 'binary' | 'truncated' | 'stream';

export type Tally = {
  readonly messages: number;
  readonly bytes: number;
  /** Messages by format; those that were throttled have none. */
  readonly formats: Readonly<Record<MessageFormat, number>>;
};

/** What one sender sent on one topic. */
type SenderTopic = Tally & {
  /** Null: hidden senders, which are anonymous. */
  readonly sender: string | null;
  /** Null: throttled messages, which are told without their topics. */
  readonly topic: string | null;
};

type SeenMessage = {
  readonly at: number;
  readonly sender: string | null;
  readonly topic: string;
  readonly format: MessageFormat;
  readonly sizeBytes: number | null;
  /** The beginning; null where the bytes are no text. */
  readonly excerpt: string | null;
};

export type MessageTally = {
  /** Data messages, throttled ones among them. */
  readonly messages: number;
  readonly bytes: number;
  readonly throttled: number;
  readonly textStreams: number;
  readonly bySenderTopic: Shards<SenderTopic>;
  /** What gave way. */
  readonly other: Tally;
  /** The latest, oldest first. */
  readonly last: readonly SeenMessage[];
};

/** Of 1,024 in all. Where there are more, that with the fewest messages of a part gives way. */
const MAX_IN_PART = 16;
const MAX_EXCERPT = 120;
const MAX_TOPIC = 120;
const MAX_LAST = 20;

const nothing: Tally = {
  messages: 0,
  bytes: 0,
  formats: { json: 0, text: 0, binary: 0, truncated: 0, stream: 0 },
};

export const noMessages: MessageTally = {
  messages: 0,
  bytes: 0,
  throttled: 0,
  textStreams: 0,
  bySenderTopic: noShards,
  other: nothing,
  last: [],
};

export function countData(tally: MessageTally, fact: FactOf<'data.received'>): MessageTally {
  const { at, sizeBytes, text } = fact;
  const sender = nameOf(fact.sender);
  const topic = excerptOf(fact.topic, MAX_TOPIC);
  const format = formatOf(fact);
  const seen = { at, sender, topic, format, sizeBytes, excerpt: excerptOrNull(text) };
  return {
    ...countIn(tally, { sender, topic }, { ...oneOf(format), bytes: sizeBytes }),
    messages: tally.messages + 1,
    bytes: tally.bytes + sizeBytes,
    last: [...tally.last, seen].slice(-MAX_LAST),
  };
}

export function countThrottled(
  tally: MessageTally,
  { sender, messages, sizeBytes }: FactOf<'data.throttled'>,
): MessageTally {
  const added = { ...nothing, messages, bytes: sizeBytes };
  return {
    ...countIn(tally, { sender: nameOf(sender), topic: null }, added),
    messages: tally.messages + messages,
    bytes: tally.bytes + sizeBytes,
    throttled: tally.throttled + messages,
  };
}

export function countStream(
  tally: MessageTally,
  { at, senderIdentity: sender, topic: given, text }: FactOf<'text.received'>,
): MessageTally {
  const topic = excerptOf(given, MAX_TOPIC);
  const excerpt = excerptOf(text, MAX_EXCERPT);
  const seen = { at, sender, topic, format: 'stream' as const, sizeBytes: null, excerpt };
  return {
    ...countIn(tally, { sender, topic }, oneOf('stream')),
    textStreams: tally.textStreams + 1,
    last: [...tally.last, seen].slice(-MAX_LAST),
  };
}

/** The most busy first, added up over what the key leaves out. */
export function tallyBy(
  { bySenderTopic }: MessageTally,
  key: 'sender' | 'topic',
  count: number,
): readonly (Tally & { readonly name: string | null })[] {
  const sums = new Map<string | null, Tally>();
  for (const entry of bySenderTopic.flat()) {
    sums.set(entry[key], added(sums.get(entry[key]) ?? nothing, entry));
  }
  return [...sums]
    .map(([name, sum]) => ({ name, ...sum }))
    .toSorted((one, other) => other.messages - one.messages)
    .slice(0, count);
}

const table = shardedTable<SenderTopic>(keyOf);

function keyOf({ sender, topic }: Pick<SenderTopic, 'sender' | 'topic'>): string {
  return JSON.stringify([sender, topic]);
}

function countIn(
  tally: MessageTally,
  about: Pick<SenderTopic, 'sender' | 'topic'>,
  more: Tally,
): MessageTally {
  const key = keyOf(about);
  const known = table.find(tally.bySenderTopic, key);
  const entry = { ...about, ...added(known ?? nothing, more) };
  const part = table.partOf(tally.bySenderTopic, key);
  const least = known || part.length < MAX_IN_PART ? null : leastOf(part);
  if (least === null) return { ...tally, bySenderTopic: table.put(tally.bySenderTopic, entry) };
  const kept = table.remove(tally.bySenderTopic, keyOf(least));
  return { ...tally, bySenderTopic: table.put(kept, entry), other: added(tally.other, least) };
}

/** The oldest of those with the fewest. */
const leastOf = (part: readonly SenderTopic[]): SenderTopic | null =>
  part.reduce<SenderTopic | null>(
    (least, entry) => (least === null || entry.messages < least.messages ? entry : least),
    null,
  );

const added = (one: Tally, other: Tally): Tally => ({
  messages: one.messages + other.messages,
  bytes: one.bytes + other.bytes,
  formats: {
    json: one.formats.json + other.formats.json,
    text: one.formats.text + other.formats.text,
    binary: one.formats.binary + other.formats.binary,
    truncated: one.formats.truncated + other.formats.truncated,
    stream: one.formats.stream + other.formats.stream,
  },
});

const oneOf = (format: MessageFormat): Tally => ({
  messages: 1,
  bytes: 0,
  formats: { ...nothing.formats, [format]: 1 },
});

function formatOf({ text, truncated }: FactOf<'data.received'>): MessageFormat {
  if (text === null) return 'binary';
  if (truncated) return 'truncated';
  // A chat message such as `42` or `true` is a text, though it could be read as JSON.
  return /^\s*[[{]/u.test(text) && isJson(text) ? 'json' : 'text';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const nameOf = (sender: ParticipantRef | null): string | null => sender && sender.identity;

const excerptOrNull = (text: string | null): string | null =>
  text === null ? null : excerptOf(text, MAX_EXCERPT);
