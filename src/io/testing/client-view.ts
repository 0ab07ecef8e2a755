import type { ParticipantKind } from '../../machines/events.ts';
import type { ReceivedMessage } from '../simulated/mailboxes.ts';
import type { SimulatedRoom } from '../simulated/room.ts';

/** A data message as a participant got it. */
export type ClientMessage = {
  /** Milliseconds since the beginning of the run. */
  readonly atMs: number;
  /** Null for a hidden sender, which is anonymous. */
  readonly sender: string | null;
  readonly topic: string;
  readonly text: string;
  /** What the text is as JSON; undefined where it is none. */
  readonly payload: unknown;
};

/** Somebody as others see them. */
export type SeenParticipant = {
  readonly identity: string;
  readonly kind: ParticipantKind;
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
};

/** What a participant of a simulated room gets and sees, as their client would show it. */
export class ClientView {
  readonly identity: string;
  readonly #room: SimulatedRoom;
  readonly #startedAt: number;

  constructor(identity: string, room: SimulatedRoom, startedAt: number) {
    this.identity = identity;
    this.#room = room;
    this.#startedAt = startedAt;
  }

  get isInside(): boolean {
    return this.#room.find(this.identity) !== undefined;
  }

  /** Over all connections, oldest first; of more than 1,000 the latest. */
  get messages(): readonly ClientMessage[] {
    return this.#room.messagesTo(this.identity).map((message) => this.#read(message));
  }

  /** The others in the room, without those who are hidden. Nobody while outside. */
  get sees(): readonly SeenParticipant[] {
    if (!this.isInside) return [];
    return this.#room.participants
      .filter(({ identity, isHidden }) => identity !== this.identity && !isHidden)
      .map(({ identity, kind, metadata, attributes }) => ({
        identity,
        kind,
        metadata,
        attributes,
      }));
  }

  #read({ at, sender, topic, text }: ReceivedMessage): ClientMessage {
    return { atMs: at - this.#startedAt, sender, topic, text, payload: parsed(text) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
