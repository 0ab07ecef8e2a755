import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../src/io/clock.ts';
import { SUBPROTOCOL } from '../../src/io/inspect/protocol.ts';
import { startRelay, type Relay, type RelayOptions } from '../../src/io/inspect/relay-server.ts';
import { FakeViewable } from './fake-viewable.ts';
import { loggerInto, TextSink } from './text-sink.ts';

export type RelayStage = {
  readonly relay: Relay;
  readonly viewable: FakeViewable;
  readonly log: TextSink;
};

/** A relay that shows something made up, until the end of the test. */
export async function openRelay(changes: Partial<RelayOptions> = {}): Promise<RelayStage> {
  if (!existsSync('dist/viewer/index.html')) throw new Error('no page to serve: `npm run build`');
  const viewable = new FakeViewable();
  const log = new TextSink();
  const logger = loggerInto(log);
  const relay = await startRelay({
    host: '127.0.0.1',
    port: 0,
    token: undefined,
    viewable,
    mask: (json) => json,
    clock: systemClock,
    logger,
    ...changes,
  });
  onTestFinished(() => relay.close());
  return { relay, viewable, log };
}

export type StreamRequest = {
  /** Of another stream than that of viewers. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
};

/** A viewer that has been let in, and what it was told. */
export type Viewer = {
  readonly socket: WebSocket;
  readonly told: readonly string[];
  /** With the number that the relay closed with. */
  readonly closed: Promise<number>;
};

export async function openStream(
  { port }: Pick<Relay, 'port'>,
  { path = '/stream', headers = {}, protocols = [SUBPROTOCOL] }: StreamRequest = {},
): Promise<Viewer> {
  const socket = streamSocket(port, { path, headers, protocols });
  const told: string[] = [];
  socket.on('message', (data: Buffer) => told.push(data.toString('utf8')));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  onTestFinished(() => socket.terminate());
  return { socket, told, closed };
}

/** The status of the answer in the place of a stream; 101 where it was opened. */
export function askForStream(
  { port }: Pick<Relay, 'port'>,
  { path = '/stream', headers = {}, protocols = [SUBPROTOCOL] }: StreamRequest = {},
): Promise<number> {
  const socket = streamSocket(port, { path, headers, protocols });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.once('error', reject);
  });
}

const streamSocket = (
  port: number,
  { path, headers, protocols }: Required<StreamRequest>,
): WebSocket =>
  new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], {
    headers: { ...headers },
    // What a test says is wrong is to be seen on the other side, and not here.
    perMessageDeflate: false,
  });

/** Says something to the port as it stands, and gives what comes back until the other side ends. */
export async function sayRaw(port: number, text: string): Promise<string> {
  const socket = await openRaw(port);
  const chunks: string[] = [];
  socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  socket.write(text);
  await once(socket, 'close');
  return chunks.join('');
}

/** The words that ask for the stream, without a client's library. */
export const upgradeRequest = (host: string): string =>
  [
    'GET /stream HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
    '',
    '',
  ].join('\r\n');

/** A bare connection, until the end of the test. */
export async function openRaw(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  // It is cut off from the other side in many a test.
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}
