import { port, type PortLogic } from '../machines/slots.ts';
import type { SocketCommand, SocketFact } from '../machines/worker/events.ts';
import type { WorkerSocketClient } from './worker-ports.ts';

export type WorkerSocketDeps = {
  /** The client of one agent. It is used by one actor at a time, and closed with it. */
  readonly openSocket: (agent: string) => WorkerSocketClient;
};

/** Brings one agent's connection to the server into the worker system. */
export function createWorkerSocketActor(
  deps: WorkerSocketDeps,
): PortLogic<{ agent: string }, SocketCommand> {
  return port<{ agent: string }, SocketFact, SocketCommand>(({ input, send, receive }) => {
    const client = deps.openSocket(input.agent);
    const subscription = client.facts$.subscribe(send);
    receive((command) => client.perform(command));
    return () => {
      subscription.unsubscribe();
      void client.close();
    };
  });
}
