import type { EventObject } from 'xstate';
import { port, type PortLogic } from '../../src/machines/slots.ts';

/** Stands in a port slot, says what the test says, and remembers what it was told. */
export class PortSlot<
  TInput,
  TCommand extends EventObject = EventObject,
  TFact extends EventObject = EventObject,
> {
  #send: ((fact: TFact) => void) | undefined;
  readonly commands: TCommand[] = [];

  readonly logic: PortLogic<TInput, TCommand> = port<TInput, TFact, TCommand>(
    ({ send, receive }) => {
      this.#send = send;
      receive((command) => this.commands.push(command));
      return () => {
        this.#send = undefined;
      };
    },
  );

  get isOpen(): boolean {
    return this.#send !== undefined;
  }

  say(fact: TFact): void {
    if (!this.#send) throw new Error(`The port is closed, so it cannot say "${fact.type}".`);
    this.#send(fact);
  }
}
