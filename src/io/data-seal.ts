import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { SealState } from '../machines/events.ts';

/** Where a sealed message is sent: it is none anywhere else. */
export type SealedPlace = {
  /** Not the name: tomorrow's room of that name may hold somebody who kept today's messages. */
  readonly roomSid: string;
  readonly topic: string;
};

/** 256 bits in base64url leave two over, which are 0: each MAC has one spelling. */
const TAIL = /^"seal":"([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])"\}$/;
/** Of what {@link TAIL} matches: `"seal":"`, 43 characters, `"}`. */
const TAIL_BYTES = 8 + 43 + 2;

/** Of this use of the secret, and of no other: HKDF's `info` (RFC 5869, 3.2). */
const LABEL = 'greenroom data seal v1';

/**
 * Says of a data message that somebody sent it who has the API secret of the server, where nothing else
 * says so: a hidden agent has no name, and neither has, to hidden agents, somebody who joined within the
 * last 3 s and publishes nothing (livekit-server 1.13.5 `subscriberUpdateInterval`, pkg/rtc/room.go:56).
 *
 * On the wire: a JSON object whose last field is `"seal":"<MAC>"`, written without spaces. The MAC is
 * HMAC-SHA256 in base64url without padding, over the bytes
 *
 *     <bytes of the SID>:<SID><bytes of the topic>:<topic><the message up to the field, its comma included>
 *
 * where both counts are decimal, so that no two messages give the same bytes. Its key is HKDF-SHA256
 * (RFC 5869) of the secret, 32 bytes, without salt, with the info `greenroom data seal v1`.
 *
 * Who heard a sealed message can send it again, unchanged and into the same room: a seal says who wrote a
 * message and not who sends it. It tells no more of the secret than each LiveKit token, which is an
 * HMAC-SHA256 with it.
 */
export class DataSeal {
  readonly #key: Uint8Array;

  constructor(apiSecret: string) {
    this.#key = new Uint8Array(hkdfSync('sha256', apiSecret, '', LABEL, 32));
  }

  /** The JSON of an object, sealed: at most 53 bytes more. */
  seal(json: string, place: SealedPlace): string {
    const head = json === '{}' ? '{' : `${json.slice(0, -1)},`;
    return `${head}"seal":"${this.#macOf(Buffer.from(head), place).toString('base64url')}"}`;
  }

  /** Null where there is no seal. */
  stateOf(message: Uint8Array, place: SealedPlace): SealState | null {
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    const from = bytes.length - TAIL_BYTES;
    const [, mac] = TAIL.exec(bytes.toString('latin1', Math.max(0, from))) ?? [];
    if (mac === undefined) return null;
    const due = this.#macOf(bytes.subarray(0, from), place);
    return timingSafeEqual(due, Buffer.from(mac, 'base64url')) ? 'valid' : 'invalid';
  }

  #macOf(head: Uint8Array, { roomSid, topic }: SealedPlace): Buffer {
    const framed = [roomSid, topic].map((text) => `${Buffer.byteLength(text)}:${text}`);
    return createHmac('sha256', this.#key).update(framed.join('')).update(head).digest();
  }
}
