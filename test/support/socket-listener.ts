import { onTestFinished } from 'vitest';
import type { WorkerSocketClient } from '../../src/actors/worker-ports.ts';
import type { SocketFact } from '../../src/machines/worker/events.ts';

type FactOf<TType extends SocketFact['type']> = Extract<SocketFact, { type: TType }>;

/** Hears everything that a worker socket says, and waits for what is still to come. */
export class SocketListener {
  readonly facts: SocketFact[] = [];
  /** Up to here the facts were waited for. */
  #read = 0;
  #wake: (() => void) | undefined;

  readonly #deadlineMs: number;

  constructor(client: WorkerSocketClient, deadlineMs = 4_000) {
    this.#deadlineMs = deadlineMs;
    const subscription = client.facts$.subscribe((fact) => {
      this.facts.push(fact);
      this.#wake?.();
    });
    onTestFinished(async () => {
      subscription.unsubscribe();
      await client.close();
    });
  }

  /** The next fact of a type after the last one that was waited for. */
  async next<TType extends SocketFact['type']>(type: TType): Promise<FactOf<TType>> {
    const isIt = (fact: SocketFact): fact is FactOf<TType> => fact.type === type;
    const signal = AbortSignal.timeout(this.#deadlineMs);
    for (;;) {
      const index = this.facts.findIndex((fact, at) => at >= this.#read && isIt(fact));
      const fact = this.facts[index];
      if (fact && isIt(fact)) {
        this.#read = index + 1;
        return fact;
      }
      await this.#more(signal, type);
    }
  }

  count(type: SocketFact['type']): number {
    return this.facts.filter((fact) => fact.type === type).length;
  }

  #more(signal: AbortSignal, type: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = () => {
        const heard = this.facts.map((fact) => fact.type).join(', ');
        reject(
          new Error(`No "${type}" within ${this.#deadlineMs} ms. Heard: ${heard || 'nothing'}.`),
        );
      };
      signal.addEventListener('abort', fail, { once: true });
      this.#wake = () => {
        signal.removeEventListener('abort', fail);
        resolve();
      };
    });
  }
}
