import type { ConversationItem, ConversationItemType, ItemMetadata } from './conversation-item.ts';
import { isPlainObject, isWhole, parseObject, type PlainObject } from './plain-object.logic.ts';

/**
 * LiveKit wants a reliable data packet to be at most 15 KiB (docs.livekit.io/transport/data/packets, size
 * limits: 16 KiB less what the protocol needs). The JSON of one message is never larger.
 */
export const MAX_MESSAGE_BYTES = 15 * 1024;

/** What sealing adds to a message (src/io/data-seal.ts). */
export const SEAL_BYTES = 53;

const MAX_UNSEALED_BYTES = MAX_MESSAGE_BYTES - SEAL_BYTES;

/** More parts than any item has: it is at most 16 KiB of text, of which each byte is at most six of JSON. */
const MAX_PARTS = 16;

/** Who sends an item, since a hidden sender is anonymous. That it is true is for the seal to say. */
export type MessageSigner = { readonly agent: string; readonly jobId: string };

/** One message of `conversation_analysis`: an item, or one part of it. */
export type ItemMessage = MessageSigner & {
  /** In a part, `content` is a piece; the other fields are the same in all parts. */
  readonly item: ConversationItem;
  /** From 1. */
  readonly part: number;
  readonly parts: number;
};

/** The message that was read, or what is wrong with it in a few words of our own. */
export type ReadMessage =
  | { readonly ok: true; readonly message: ItemMessage }
  | { readonly ok: false; readonly problem: string };

/**
 * The payloads that bring an item to its consumers, sealed: one, or as many as the size of a packet asks for.
 *
 * Parts have the same `seq`, and `part` of `parts`; no character is cut in two.
 */
export function toMessages(item: ConversationItem, signer: MessageSigner): readonly PlainObject[] {
  const whole = payloadOf(item, signer);
  if (jsonBytes(JSON.stringify(whole)) <= MAX_UNSEALED_BYTES) return [whole];
  const empty = { ...whole, content: '', part: MAX_PARTS, parts: MAX_PARTS };
  const pieces = split(item.content, MAX_UNSEALED_BYTES - jsonBytes(JSON.stringify(empty)));
  return pieces.map((content, index) => ({
    ...whole,
    content,
    part: index + 1,
    parts: pieces.length,
  }));
}

const payloadOf = (
  { seq, participant, content, at, type, metadata }: ConversationItem,
  { agent, jobId }: MessageSigner,
): PlainObject => ({
  participant,
  content,
  timestamp: new Date(at).toISOString(),
  type,
  metadata,
  version: 1,
  agent,
  job_id: jobId,
  seq,
});

/** Pieces of at most so many bytes of JSON each. */
function split(content: string, maxBytes: number): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  let to = 0;
  let bytes = 0;
  for (const character of content) {
    const size = jsonBytes(JSON.stringify(character)) - 2;
    if (bytes + size > maxBytes) {
      pieces.push(content.slice(from, to));
      from = to;
      bytes = 0;
    }
    to += character.length;
    bytes += size;
  }
  return [...pieces, content.slice(from)];
}

/** The bytes of a JSON text as UTF-8; it has no lone surrogates, which JSON writes as escapes. */
export function jsonBytes(json: string): number {
  let bytes = 0;
  for (let index = 0; index < json.length; index += 1) {
    const unit = json.charCodeAt(index);
    // Each half of a surrogate pair is two of the pair's four bytes.
    const isHalf = unit >= 0xd800 && unit <= 0xdfff;
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isHalf ? 2 : 3;
  }
  return bytes;
}

/** Reads one message of the topic `conversation_analysis`, which anybody may have sent. */
export function readMessage(text: string): ReadMessage {
  const given = parseObject(text);
  if (given === null) return wrong('not a JSON object');
  if (given['version'] !== 1) return wrong('not version 1');
  const { participant, content, agent, job_id: jobId, seq, part = 1, parts = 1 } = given;
  if (typeof participant !== 'string') return wrong('participant is not a text');
  if (typeof content !== 'string') return wrong('content is not a text');
  if (typeof agent !== 'string' || typeof jobId !== 'string') return wrong('not signed');
  if (!isWhole(seq, 1, Number.MAX_SAFE_INTEGER)) return wrong('seq is not a whole number from 1');
  if (!isWhole(parts, 1, MAX_PARTS) || !isWhole(part, 1, parts)) return wrong('no part of parts');
  const type = itemTypes.find((known) => known === given['type']);
  if (type === undefined) return wrong('unknown type');
  const at = readTimestamp(given['timestamp']);
  if (at === null) return wrong('timestamp is not ISO 8601 in UTC');
  const metadata = readMetadata(given['metadata']);
  if (metadata === null) return wrong('metadata is not flat');
  const item = { seq, participant, content, at, type, metadata };
  return { ok: true, message: { agent, jobId, item, part, parts } };
}

const itemTypes: readonly ConversationItemType[] = [
  'event',
  'transcription',
  'agent_response',
  'turn',
];

const wrong = (problem: string): ReadMessage => ({ ok: false, problem });

function readTimestamp(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return null;
  const at = Date.parse(value);
  return Number.isFinite(at) ? at : null;
}

function readMetadata(value: unknown): ItemMetadata | null {
  if (!isPlainObject(value)) return null;
  const entries = Object.entries(value);
  const flat = entries.flatMap(([key, entry]) => (isFlat(entry) ? [[key, entry] as const] : []));
  return flat.length === entries.length ? Object.fromEntries(flat) : null;
}

/** JSON may say 1e999, which is no finite number, and -0, which is no plain JSON to write. */
const isFlat = (value: unknown): value is ItemMetadata[string] =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0));
