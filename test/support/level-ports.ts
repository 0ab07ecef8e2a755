import type { LevelFact } from '../../src/machines/events.ts';
import { port, type PortLogic } from '../../src/machines/slots.ts';

/** Stands in the slot of the level sources of any number of tracks. */
export class LevelPorts {
  readonly #open = new Map<string, (fact: LevelFact) => void>();

  readonly logic: PortLogic<{ trackSid: string }> = port<{ trackSid: string }, LevelFact>(
    ({ input, send }) => {
      this.#open.set(input.trackSid, send);
      return () => {
        this.#open.delete(input.trackSid);
      };
    },
  );

  isOpen(trackSid: string): boolean {
    return this.#open.has(trackSid);
  }

  say(trackSid: string, fact: LevelFact): void {
    const send = this.#open.get(trackSid);
    if (!send)
      throw new Error(`No levels of ${trackSid} are read, so "${fact.type}" is not heard.`);
    send(fact);
  }
}
