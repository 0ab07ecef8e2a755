import { randomUUID } from 'node:crypto';
import { ParticipantInfo_Kind } from '@livekit/protocol';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { expect, vi } from 'vitest';
import type { SessionView } from '../../src/io/http/sessions-view.ts';
import {
  SyntheticParticipant,
  type SyntheticMessage,
} from '../../src/io/demo/synthetic-participant.ts';
import type { SyntheticSource } from '../../src/io/demo/synthetic-participant.protocol.ts';
import type { TestServer } from './clients/test-client.ts';
import type { WorkerProcess } from './worker-process.ts';

export const withinDeadline = { timeout: 20_000, interval: 50 };

/** A room on a real server, with a dispatch that asks a worker process to monitor alice in it. */
export class MonitoredRoom {
  readonly name: string;
  /** As the worker has registered it. */
  readonly agentName: string;
  readonly rooms: RoomServiceClient;
  readonly dispatches: AgentDispatchClient;
  readonly #server: TestServer;
  readonly #worker: Pick<WorkerProcess, 'sessions'>;
  readonly #participants: SyntheticParticipant[] = [];
  #dispatchId = '';

  constructor(
    server: TestServer,
    worker: Pick<WorkerProcess, 'sessions'>,
    agentName: string,
    name = `room-${randomUUID()}`,
  ) {
    this.name = name;
    this.#server = server;
    this.#worker = worker;
    this.agentName = agentName;
    const { apiKey, apiSecret } = server;
    const httpUrl = server.url.replace(/^ws/, 'http');
    this.rooms = new RoomServiceClient(httpUrl, apiKey, apiSecret);
    this.dispatches = new AgentDispatchClient(httpUrl, apiKey, apiSecret);
  }

  get dispatchId(): string {
    return this.#dispatchId;
  }

  async dispatch(metadata: object = {}): Promise<void> {
    const text = JSON.stringify({ participant_identity: 'alice', ...metadata });
    await this.dispatchText(text);
  }

  /** Metadata of any text. */
  async dispatchText(metadata: string): Promise<void> {
    const dispatch = await this.dispatches.createDispatch(this.name, this.agentName, { metadata });
    this.#dispatchId = dispatch.id;
  }

  /** As many monitors of alice at once; gives the ids of their dispatches. */
  async dispatchMany(count: number): Promise<readonly string[]> {
    const metadata = JSON.stringify({ participant_identity: 'alice' });
    const dispatches = await Promise.all(
      Array.from({ length: count }, () =>
        this.dispatches.createDispatch(this.name, this.agentName, { metadata }),
      ),
    );
    return dispatches.map(({ id }) => id);
  }

  /** The identities of the agents that the server has in the room, also of hidden ones. */
  async agents(): Promise<readonly string[]> {
    const participants = await this.rooms.listParticipants(this.name);
    return participants
      .filter(({ kind }) => kind === ParticipantInfo_Kind.AGENT)
      .map(({ identity }) => identity);
  }

  /** Takes the dispatch back, which ends its job. */
  async undispatch(): Promise<void> {
    await this.dispatches.deleteDispatch(this.#dispatchId, this.name);
  }

  async enter(
    identity: string,
    sources: readonly SyntheticSource[] = ['microphone'],
  ): Promise<SyntheticParticipant> {
    const participant = await SyntheticParticipant.start({
      ...this.#server,
      room: this.name,
      identity,
      sources,
    });
    this.#participants.push(participant);
    return participant;
  }

  /** Of this room's dispatch: the running one, or else the last that ended. */
  readonly session = async (): Promise<SessionView | undefined> =>
    (await this.sessions()).find(({ dispatchId }) => dispatchId === this.#dispatchId);

  readonly sessions = async (): Promise<readonly SessionView[]> =>
    (await this.#worker.sessions()).filter(({ room }) => room === this.name);

  /** Waits until the session shows all of this. */
  async until(expected: object): Promise<void> {
    // Not `expect.poll`, which does not know its test where several run at once.
    await vi.waitFor(async () => {
      expect(await this.session()).toMatchObject(expected);
    }, withinDeadline);
  }

  async close(): Promise<void> {
    await Promise.all(this.#participants.map((participant) => participant.kill()));
    await this.rooms.deleteRoom(this.name).catch(() => {});
  }
}

/** The bodies of the data messages of a topic. */
export const bodies = (messages: readonly SyntheticMessage[], topic: string): unknown[] =>
  messages
    .filter((message) => message.topic === topic)
    .map(({ text }): unknown => JSON.parse(text));
