/** Somebody who opens the inspector of @statelyai/inspect late. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** It sends all that it has at once. */
const ATTACH_MS = 1_000;

export class StatelyViewer {
  /** Whom it was told of, with their definitions, when it came. */
  readonly actors: number;
  readonly #socket: WebSocket;
  readonly #counts: Counts;

  static async attach(url: string): Promise<StatelyViewer> {
    const socket = new WebSocket(url);
    const counts: Counts = { bytes: 0, actors: new Set() };
    socket.on('message', (data: Buffer) => count(counts, data));
    await once(socket, 'open');
    await sleep(ATTACH_MS);
    return new StatelyViewer(socket, counts);
  }

  private constructor(socket: WebSocket, counts: Counts) {
    this.#socket = socket;
    this.#counts = counts;
    this.actors = counts.actors.size;
  }

  /** Of JSON, so far. */
  get bytes(): number {
    return this.#counts.bytes;
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

type Counts = { bytes: number; readonly actors: Set<string> };

function count(counts: Counts, data: Buffer): void {
  counts.bytes += data.byteLength;
  const { type, sessionId } = JSON.parse(data.toString('utf8')) as {
    readonly type: string;
    readonly sessionId: string;
  };
  if (type === '@xstate.actor') counts.actors.add(sessionId);
}
