/** Counts the data messages and text streams of a room by sender and topic. */
import type { ParticipantRef, RoomFactOf } from '../events.ts';
import { excerptOf } from './excerpt.logic.ts';

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
  readonly bySenderTopic: readonly SenderTopic[];
  /** What gave way. */
  readonly other: Tally;
  /** The latest, oldest first. */
  readonly last: readonly SeenMessage[];
};

/** Where there are more, that with the fewest messages gives way. */
const MAX_PAIRS = 1_024;
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
  bySenderTopic: [],
  other: nothing,
  last: [],
};

export function countData(tally: MessageTally, fact: RoomFactOf<'data.received'>): MessageTally {
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
  { sender, messages, sizeBytes }: RoomFactOf<'data.throttled'>,
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
  { at, senderIdentity: sender, topic: given, text }: RoomFactOf<'text.received'>,
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
  for (const entry of bySenderTopic) {
    sums.set(entry[key], added(sums.get(entry[key]) ?? nothing, entry));
  }
  return [...sums]
    .map(([name, sum]) => ({ name, ...sum }))
    .toSorted((one, other) => other.messages - one.messages)
    .slice(0, count);
}

function countIn(
  tally: MessageTally,
  { sender, topic }: Pick<SenderTopic, 'sender' | 'topic'>,
  more: Tally,
): MessageTally {
  const pairs = tally.bySenderTopic;
  const index = pairs.findIndex((pair) => pair.sender === sender && pair.topic === topic);
  const entry = { sender, topic, ...added(pairs[index] ?? nothing, more) };
  if (index >= 0) return { ...tally, bySenderTopic: pairs.with(index, entry) };
  if (pairs.length < MAX_PAIRS) return { ...tally, bySenderTopic: [...pairs, entry] };
  const least = leastOf(pairs);
  return {
    ...tally,
    bySenderTopic: [...pairs.filter((pair) => pair !== least), entry],
    other: added(tally.other, least ?? nothing),
  };
}

/** The oldest of those with the fewest. */
const leastOf = (pairs: readonly SenderTopic[]): SenderTopic | null =>
  pairs.reduce<SenderTopic | null>(
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

function formatOf({ text, truncated }: RoomFactOf<'data.received'>): MessageFormat {
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
