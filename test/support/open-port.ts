import { createActor, setup, type EventObject } from 'xstate';
import { onTestFinished } from 'vitest';
import { notProvided, type PortLogic } from '../../src/machines/slots.ts';

export type OpenPort<TFact, TCommand> = {
  /** What the port said so far. */
  readonly facts: TFact[];
  /** Commands the port from inside a step, as its parent does; returns how much it said inside it. */
  readonly tell: (command: TCommand) => number;
  readonly close: () => void;
};

type Told = { readonly type: 'test.told'; readonly command: EventObject };
type Said = { readonly type: `said.${string}` };

/** Runs a port below a parent that hears all of it. It is closed at the end of the test. */
export function openPort<
  TInput,
  TFact extends EventObject,
  TCommand extends EventObject = EventObject,
>(logic: PortLogic<TInput, TCommand>, input: NoInfer<TInput>): OpenPort<TFact, TCommand> {
  const facts: TFact[] = [];
  const machine = setup({
    types: {} as { events: Told | Said },
    actors: { port: notProvided<unknown>('port') },
  }).createMachine({
    invoke: { id: 'port', src: 'port', input: () => input },
    on: {
      'test.told': {
        actions: ({ self, event }) => self.getSnapshot().children['port']?.send(event.command),
      },
      '*': { actions: ({ event }) => facts.push(event as EventObject as TFact) },
    },
  });
  const port = logic as unknown as PortLogic<unknown>;
  const actor = createActor(machine.provide({ actors: { port } }));
  onTestFinished(() => {
    actor.stop();
  });
  actor.start();
  return {
    facts,
    tell: (command) => {
      const before = facts.length;
      actor.send({ type: 'test.told', command });
      return facts.length - before;
    },
    close: () => actor.stop(),
  };
}
