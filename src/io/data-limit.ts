import type { Clock } from '../actors/ports.ts';
import type { ParticipantRef, RoomFact } from '../machines/events.ts';
import { participantAllowance, takenBy, type Allowance } from './allowance.ts';

/**
 * Of those who speak for many. All hidden senders together, since nobody can tell them apart: the agents of
 * a room, one of whom may bring what it kept while it was away. And the text streams of one participant,
 * who may transcribe a whole room. 200 a second or 1 MiB a second, and five times that at once.
 */
export const crowdAllowance: Allowance = {
  rateHz: 200,
  bytesPerS: 1024 * 1024,
  aheadMs: 5_000,
};

/** At most so many senders are told apart; the one who was silent longest is forgotten. */
export const MAX_SENDERS = 2_000;

/** A sender of too much is told of so often at most. */
const TELL_EVERY_MS = 1_000;

type DataFact = Extract<RoomFact, { type: 'data.received' | 'text.received' }>;

type Sender = {
  readonly ref: ParticipantRef | null;
  /** Each message takes its part of a second of its sender: until when that one's are taken. */
  takenUntil: number;
  /** What was not let through and is not told yet. */
  messages: number;
  sizeBytes: number;
};

type Message = {
  readonly ref: ParticipantRef | null;
  /** Of its sender and kind. */
  readonly key: string;
  readonly allowance: Allowance;
  readonly sizeBytes: number;
};

/**
 * Lets through as much data of each sender as one can mean to send, and counts the rest: anybody in a room
 * may send anything as fast as they like, and everything that is let through is decided on and logged.
 *
 * What was counted is told as `data.throttled`, once a second for each sender and at its departure.
 */
export class DataLimit {
  readonly #clock: Clock;
  readonly #say: (fact: RoomFact) => void;
  /** Those who are inside, so far as it was told. */
  readonly #sids = new Map<string, string>();
  /** By connection and kind of data; who sent last stands last. */
  readonly #senders = new Map<string, Sender>();
  /** Runs while something is counted. */
  #timer: unknown = null;

  constructor({ clock, say }: { readonly clock: Clock; readonly say: (fact: RoomFact) => void }) {
    this.#clock = clock;
    this.#say = say;
  }

  /** Says the fact if it is no data, or not too much of it. */
  pass(fact: RoomFact): void {
    switch (fact.type) {
      case 'room.connected':
        for (const { identity, sid } of fact.participants) this.#sids.set(identity, sid);
        break;
      case 'participant.connected':
        this.#sids.set(fact.participant.identity, fact.participant.sid);
        break;
      case 'participant.disconnected':
        this.#depart(fact);
        break;
      case 'room.disconnected':
        this.#tellCounted();
        this.close();
        break;
      case 'data.received':
      case 'text.received':
        if (!this.#admits(fact)) return;
        break;
      default:
    }
    this.#say(fact);
  }

  /** What is counted then is not told any more. */
  close(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#sids.clear();
    this.#senders.clear();
  }

  /**
   * Whether a data message is one too many, for those who can tell before they decode it. Then it is counted;
   * one that is not is for {@link DataLimit.pass} to count.
   */
  refuses(senderIdentity: string, sizeBytes: number): boolean {
    const message = { ...this.#dataOf(this.#refOf(senderIdentity)), sizeBytes };
    const at = this.#clock.now();
    const sender = this.#find(message);
    if (takenBy(sender.takenUntil, message.allowance, { sizeBytes, at }) !== null) return false;
    this.#count(sender, message);
    return true;
  }

  #admits(fact: DataFact): boolean {
    const message = this.#messageOf(fact);
    const sender = this.#find(message);
    const takenUntil = takenBy(sender.takenUntil, message.allowance, {
      sizeBytes: message.sizeBytes,
      at: fact.at,
    });
    if (takenUntil === null) this.#count(sender, message);
    else sender.takenUntil = takenUntil;
    return takenUntil !== null;
  }

  #count(sender: Sender, { sizeBytes }: Message): void {
    sender.messages += 1;
    sender.sizeBytes += sizeBytes;
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = null;
      this.#tellCounted();
    }, TELL_EVERY_MS);
  }

  #messageOf(fact: DataFact): Message {
    if (fact.type === 'data.received') {
      return { ...this.#dataOf(fact.sender), sizeBytes: fact.sizeBytes };
    }
    const ref = this.#refOf(fact.senderIdentity);
    const sizeBytes = Buffer.byteLength(fact.text);
    return { ref, key: keyOf('text', ref), allowance: crowdAllowance, sizeBytes };
  }

  #dataOf(ref: ParticipantRef | null): Omit<Message, 'sizeBytes'> {
    const allowance = ref === null ? crowdAllowance : participantAllowance;
    return { ref, key: keyOf('data', ref), allowance };
  }

  /** Null for a hidden one. */
  #refOf(identity: string): ParticipantRef | null {
    const sid = this.#sids.get(identity);
    return sid === undefined ? null : { identity, sid };
  }

  #find({ key, ref }: Message): Sender {
    const known = this.#senders.get(key);
    if (known) this.#senders.delete(key);
    else if (this.#senders.size >= MAX_SENDERS) this.#forgetIdlest();
    const sender = known ?? { ref, takenUntil: 0, messages: 0, sizeBytes: 0 };
    this.#senders.set(key, sender);
    return sender;
  }

  #forgetIdlest(): void {
    for (const [key, sender] of this.#senders) {
      this.#tell(sender);
      this.#senders.delete(key);
      return;
    }
  }

  #depart(ref: ParticipantRef): void {
    if (this.#sids.get(ref.identity) === ref.sid) this.#sids.delete(ref.identity);
    for (const kind of ['data', 'text'] as const) {
      const key = keyOf(kind, ref);
      const sender = this.#senders.get(key);
      if (sender) this.#tell(sender);
      this.#senders.delete(key);
    }
  }

  #tellCounted(): void {
    for (const sender of this.#senders.values()) this.#tell(sender);
  }

  #tell(sender: Sender): void {
    const { ref, messages, sizeBytes } = sender;
    if (messages === 0) return;
    sender.messages = 0;
    sender.sizeBytes = 0;
    const at = this.#clock.now();
    this.#say({ type: 'data.throttled', at, sender: ref, messages, sizeBytes });
  }
}

const keyOf = (kind: 'data' | 'text', ref: ParticipantRef | null): string =>
  ref === null ? kind : `${kind} ${ref.sid}`;
