import { randomUUID } from 'node:crypto';
import type { SyntheticParticipant } from '../../src/io/demo/synthetic-participant.ts';
import type { SyntheticSource } from '../../src/io/demo/synthetic-participant.protocol.ts';
import type { TestServer } from './clients/test-client.ts';
import { MonitoredRoom } from './monitored-room.ts';
import type { WorkerProcess } from './worker-process.ts';

type Workers = Readonly<Record<string, Pick<WorkerProcess, 'sessions'>>>;

/** A room for several agents: what it is to each of them, by the name of the agent. */
export class AgentsRoom {
  readonly name = `room-${randomUUID()}`;
  readonly #byAgent: ReadonlyMap<string, MonitoredRoom>;
  /** Of those who come in. */
  readonly #people: MonitoredRoom;

  /** @param workers the worker of each agent, by the agent's name. */
  constructor(server: TestServer, workers: Workers) {
    this.#byAgent = new Map(
      Object.entries(workers).map(([agent, worker]) => [
        agent,
        new MonitoredRoom(server, worker, agent, this.name),
      ]),
    );
    this.#people = new MonitoredRoom(
      server,
      { sessions: () => Promise.resolve([]) },
      '',
      this.name,
    );
  }

  of(agent: string): MonitoredRoom {
    const room = this.#byAgent.get(agent);
    if (!room) throw new Error(`${agent} is not for ${this.name}`);
    return room;
  }

  enter(identity: string, sources: readonly SyntheticSource[]): Promise<SyntheticParticipant> {
    return this.#people.enter(identity, sources);
  }

  /** Asks for all of its agents, in the order in which they were named. */
  async dispatchAll(metadata: Readonly<Record<string, object>> = {}): Promise<void> {
    for (const [agent, room] of this.#byAgent) {
      await room.dispatchText(JSON.stringify(metadata[agent] ?? {}));
    }
  }

  close(): Promise<void> {
    return this.#people.close();
  }
}
