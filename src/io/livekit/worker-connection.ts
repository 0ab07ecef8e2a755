import { WebSocket, type RawData } from 'ws';
import type { Clock } from '../../actors/ports.ts';

/** Why a connection ended. */
export type ConnectionEnd = {
  /** What refused the upgrade, such as 401; null where nothing did. */
  readonly httpStatus: number | null;
  readonly message: string;
};

export type WorkerConnectionOptions = {
  readonly url: string;
  readonly mintToken: () => Promise<string>;
  readonly clock: Clock;
  readonly onOpen: () => void;
  readonly onFrame: (frame: Uint8Array) => void;
  readonly onText: () => void;
  /** Once, and the last of all. */
  readonly onEnd: (end: ConnectionEnd) => void;
};

/** The server's own limit in the other direction. */
const maxFrameBytes = 2 * 1024 * 1024;

/** How long the server may take to close its side, before ours is cut. */
const closeTimeoutMs = 1_000;

/** One WebSocket, from the attempt to open it to its end. Never calls back inside a call. */
export class WorkerConnection {
  readonly #options: WorkerConnectionOptions;
  readonly #ended: Promise<void>;
  #socket: WebSocket | undefined;
  #end: ConnectionEnd | undefined;

  constructor(options: WorkerConnectionOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  send(frame: Uint8Array): void {
    // Between the loss and its event a frame would be an error.
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(frame);
  }

  /** Ends at once, whatever is still unsent. */
  cut(message: string): void {
    this.#end ??= { httpStatus: null, message };
    this.#socket?.terminate();
  }

  /** Ends after what was sent before has gone out; resolves when it has ended. */
  async leave(): Promise<void> {
    const { clock } = this.#options;
    this.#end ??= { httpStatus: null, message: 'This worker left.' };
    const timer = clock.setTimeout(() => this.#socket?.terminate(), closeTimeoutMs);
    this.#socket?.close(1000);
    await this.#ended;
    clock.clearTimeout(timer);
  }

  async #run(): Promise<void> {
    try {
      const token = await this.#options.mintToken();
      if (!this.#end) await this.#converse(token);
    } catch (cause) {
      this.#end ??= { httpStatus: null, message: messageOf(cause) };
    }
    this.#options.onEnd(this.#end ?? { httpStatus: null, message: 'The connection closed.' });
  }

  /** Resolves when the socket is closed. */
  #converse(token: string): Promise<void> {
    const { url, onOpen, onFrame, onText } = this.#options;
    const socket = new WebSocket(url, {
      headers: { Authorization: `Bearer ${token}` },
      maxPayload: maxFrameBytes,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    socket.on('open', () => onOpen());
    socket.on('message', (data: RawData, isBinary) => {
      if (this.#end) return;
      if (isBinary) onFrame(bytesOf(data));
      else onText();
    });
    socket.on('unexpected-response', (_request, { statusCode = 0, statusMessage }) => {
      const message = `The server refused the connection: ${statusCode} ${statusMessage ?? ''}`;
      this.#end ??= { httpStatus: statusCode, message: message.trim() };
      socket.terminate();
    });
    socket.on('error', (cause) => {
      this.#end ??= { httpStatus: null, message: messageOf(cause) };
    });
    return new Promise((resolve) => {
      socket.on('close', (code) => {
        this.#end ??= { httpStatus: null, message: `The server closed the connection (${code}).` };
        resolve();
      });
    });
  }
}

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message || cause.name : String(cause);

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
