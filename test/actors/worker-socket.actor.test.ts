import { Subject } from 'rxjs';
import { createActor, createMachine, type EventObject } from 'xstate';
import { expect, it, onTestFinished } from 'vitest';
import { createWorkerSocketActor } from '../../src/actors/worker-socket.actor.ts';
import type { SocketCommand, SocketFact } from '../../src/machines/worker/events.ts';

it('[SOCK-40] carries words both ways for its own agent, and closes the client at its end', () => {
  const facts$ = new Subject<SocketFact>();
  const commands: SocketCommand[] = [];
  const opened: string[] = [];
  let closed = 0;
  const logic = createWorkerSocketActor({
    openSocket: (agent) => {
      opened.push(agent);
      return {
        facts$,
        perform: (command) => commands.push(command),
        takeCredentials: () => undefined,
        close: () => {
          closed += 1;
          return Promise.resolve();
        },
      };
    },
  });
  const told: EventObject[] = [];
  const root = createActor(
    createMachine({
      invoke: { id: 'socket', src: logic, input: { agent: 'monitor' } },
      on: { '*': { actions: ({ event }) => told.push(event) } },
    }),
  ).start();
  onTestFinished(() => void root.stop());

  root.getSnapshot().children['socket']?.send({ type: 'socket.open' });
  facts$.next({ type: 'socket.opened', at: 1 });
  expect(opened).toEqual(['monitor']);
  expect(commands).toEqual([{ type: 'socket.open' }]);
  expect(told).toEqual([{ type: 'socket.opened', at: 1 }]);

  root.stop();
  expect(closed).toBe(1);
  expect(facts$.observed).toBe(false);
});
