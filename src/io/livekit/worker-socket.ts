import { AccessToken } from 'livekit-server-sdk';
import { Subject } from 'rxjs';
import type { Clock, Random } from '../../actors/ports.ts';
import type { JobCredentials, WorkerSocketClient } from '../../actors/worker-ports.ts';
import type { SocketCommand, SocketFact } from '../../machines/worker/events.ts';
import { CredentialStore } from '../job-credentials.ts';
import { WorkerConnection, type ConnectionEnd } from './worker-connection.ts';
import {
  decodeMessage,
  encodeCommand,
  type AgentRegistration,
  type ReadMetadata,
  type ServerWord,
} from './worker-message.codec.ts';

export type WorkerSocketOptions = {
  /** Of the server: ws, wss, http or https, with or without a path. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly registration: AgentRegistration;
  readonly readMetadata: ReadMetadata;
  readonly clock: Clock;
  readonly random: Random;
};

/** Only the upgrade needs the token: each attempt gets a new one. */
const tokenTtl = '5m';

/** The address of the dispatcher: `ws(s)://host/prefix/agent`. Throws a `TypeError` for no address. */
export function agentUrl(serverUrl: string): string {
  const url = new URL(serverUrl);
  url.protocol = url.protocol.replace('http', 'ws');
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/agent`;
  return url.href;
}

/** One agent's connection to the dispatcher of a LiveKit server, over a WebSocket. */
export class LiveKitWorkerSocket implements WorkerSocketClient {
  readonly #options: WorkerSocketOptions;
  readonly #agentUrl: string;
  readonly #facts = new Subject<SocketFact>();
  readonly facts$ = this.#facts.asObservable();
  readonly #credentials = new CredentialStore();
  /** The connection of now; undefined once it has said that it is closed. */
  #connection: WorkerConnection | undefined;
  #isClosed = false;

  constructor(options: WorkerSocketOptions) {
    this.#options = options;
    this.#agentUrl = agentUrl(options.url);
  }

  perform(command: SocketCommand): void {
    switch (command.type) {
      case 'socket.open':
        this.#open();
        return;
      case 'socket.close':
        this.#connection?.cut('This worker closed the connection.');
        return;
      default: {
        const { registration, clock } = this.#options;
        this.#connection?.send(encodeCommand(command, registration, clock.now()));
      }
    }
  }

  takeCredentials(jobId: string): JobCredentials | undefined {
    return this.#credentials.take(jobId);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connection?.leave();
    this.#credentials.clear();
  }

  #open(): void {
    if (this.#connection || this.#isClosed) return;
    const { clock, registration, readMetadata } = this.#options;
    this.#connection = new WorkerConnection({
      url: this.#agentUrl,
      mintToken: () => this.#mintToken(),
      clock,
      onOpen: () => this.#say({ type: 'socket.opened', at: clock.now() }),
      onFrame: (frame) => this.#hear(decodeMessage(frame, registration, readMetadata)),
      onText: () => this.#hear({ kind: 'rejected', what: 'a text frame' }),
      onEnd: (end) => this.#end(end),
    });
  }

  #end({ httpStatus, message }: ConnectionEnd): void {
    this.#connection = undefined;
    const { clock, random } = this.#options;
    this.#say({ type: 'socket.closed', at: clock.now(), jitter: random(), httpStatus, message });
  }

  #hear(word: ServerWord): void {
    if (word.kind === 'assigned') {
      const { jobId, url = this.#options.url, token } = word;
      this.#credentials.put(jobId, { url, token });
    }
    this.#say(factOf(word, this.#options.clock.now()));
  }

  #say(fact: SocketFact): void {
    if (!this.#isClosed) this.#facts.next(fact);
  }

  #mintToken(): Promise<string> {
    const { apiKey, apiSecret, registration } = this.#options;
    const token = new AccessToken(apiKey, apiSecret, {
      identity: registration.agent,
      ttl: tokenTtl,
    });
    token.addGrant({ agent: true });
    return token.toJwt();
  }
}

function factOf(word: ServerWord, at: number): SocketFact {
  switch (word.kind) {
    case 'registered': {
      const { workerId, serverVersion, serverEdition } = word;
      return { type: 'socket.registered', at, workerId, serverVersion, serverEdition };
    }
    case 'ponged':
      return { type: 'socket.ponged', at };
    case 'offered':
      return { type: 'offer.received', at, offer: word.offer };
    case 'assigned':
      return { type: 'assignment.received', at, jobId: word.jobId };
    case 'terminated':
      return { type: 'termination.received', at, jobId: word.jobId };
    case 'rejected':
      return { type: 'socket.messageRejected', at, what: word.what };
  }
}
