import type { Clock } from '../../actors/ports.ts';
import type { SimulatedParticipant } from './participant.ts';

/** A data message as a participant got it. */
export type ReceivedMessage = {
  readonly at: number;
  /** Null for a hidden sender, which is anonymous. */
  readonly sender: string | null;
  readonly topic: string;
  readonly text: string;
};

/** Of each identity the latest messages are kept; older ones are forgotten. */
const maxKeptMessages = 1_000;

/** What the participants of a room got, for tests and scripts to look at. */
export class Mailboxes {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #messages = new Map<string, ReceivedMessage[]>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  of(identity: string): readonly ReceivedMessage[] {
    return this.#messages.get(identity) ?? [];
  }

  put(
    receiver: SimulatedParticipant,
    sender: SimulatedParticipant,
    topic: string,
    bytes: Uint8Array,
  ): void {
    const messages = this.#messages.get(receiver.identity) ?? [];
    this.#messages.set(receiver.identity, messages);
    if (messages.length >= maxKeptMessages) messages.shift();
    messages.push({
      at: this.#clock.now(),
      sender: sender.isHidden ? null : sender.identity,
      topic,
      text: new TextDecoder().decode(bytes),
    });
  }
}
