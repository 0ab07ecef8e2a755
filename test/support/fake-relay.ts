import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  SUBPROTOCOL,
  type RelayMessage,
  type ViewerMessage,
} from '../../src/io/inspect/protocol.ts';
import { hello } from './live-stream.ts';

type FakeRelayOptions = {
  /** Who does not bring it is answered with 401. */
  readonly token?: string;
  /** Of the version it says it speaks. */
  readonly subprotocol?: string;
  /** 0: any free one. */
  readonly port?: number;
  /** Said to everybody who comes, in the place of a `hello`. */
  readonly greeting?: readonly string[];
  /** Hears what viewers say, and may answer. */
  readonly onWord?: (word: ViewerMessage, say: (message: RelayMessage) => void) => void;
};

/** A relay that says what a test wants, until the end of the test. */
export class FakeRelay {
  readonly words: ViewerMessage[] = [];
  readonly port: number;
  readonly #server: WebSocketServer;
  readonly #sockets = new Set<WebSocket>();

  private constructor(server: WebSocketServer, { greeting, onWord }: FakeRelayOptions) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('message', (data: Buffer) => {
        const word = JSON.parse(data.toString('utf8')) as ViewerMessage;
        this.words.push(word);
        onWord?.(word, (message) => socket.send(JSON.stringify(message)));
      });
      for (const text of greeting ?? [JSON.stringify(hello)]) socket.send(text);
    });
  }

  static async start(options: FakeRelayOptions = {}): Promise<FakeRelay> {
    const { token, port = 0, subprotocol = SUBPROTOCOL } = options;
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port,
      path: '/stream',
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
      verifyClient: ({ req }: { req: IncomingMessage }, answer) => {
        const isWelcome = token === undefined || req.headers.authorization === `Bearer ${token}`;
        answer(isWelcome, 401);
      },
    });
    await once(server, 'listening');
    const relay = new FakeRelay(server, options);
    onTestFinished(() => relay.close());
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  say(message: RelayMessage): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify(message));
  }

  /** As a process that is killed. Harmless when repeated. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
