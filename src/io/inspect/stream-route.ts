import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { Clock } from '../../actors/ports.ts';
import type { RelayAccess } from './relay-access.ts';

/** As much of a WebSocket as those who serve one need. */
export type StreamSocket = Pick<
  WebSocket,
  'on' | 'once' | 'send' | 'ping' | 'close' | 'terminate' | 'bufferedAmount'
>;

type StreamRoute = {
  readonly path: string;
  readonly access: RelayAccess;
  readonly clock: Clock;
  /** So many streams at once; the next ones are answered with 503. */
  readonly limit: number;
  /** What 503 says. */
  readonly fullMessage: string;
  readonly open: (socket: StreamSocket) => unknown;
};

const PING_EVERY_MS = 15_000;
/** Nothing was heard for so long although it was pinged: it is gone, or takes nothing. */
const SILENT_MS = 60_000;

/** Adds a WebSocket for those who may look, until there are too many of them; who falls silent is dropped. */
export function addStreamRoute(server: FastifyInstance, route: StreamRoute): void {
  const { path, access, clock, limit, fullMessage, open } = route;
  const heardAt = new Map<StreamSocket, number>();
  let pinging: unknown;
  const ping = (): void => {
    for (const [socket, at] of heardAt) {
      if (clock.now() - at > SILENT_MS) socket.terminate();
      else socket.ping();
    }
    pinging = clock.setTimeout(ping, PING_EVERY_MS);
  };
  server.get(
    path,
    {
      websocket: true,
      onRequest: [access.guardStream],
      preHandler: (_request, reply, done) => {
        if (heardAt.size < limit) {
          done();
          return;
        }
        void reply.code(503).send({ error: 'busy', message: fullMessage });
      },
    },
    (socket: StreamSocket) => {
      heardAt.set(socket, clock.now());
      if (heardAt.size === 1) pinging = clock.setTimeout(ping, PING_EVERY_MS);
      socket.on('pong', () => heardAt.set(socket, clock.now()));
      socket.once('close', () => {
        heardAt.delete(socket);
        if (heardAt.size === 0) clock.clearTimeout(pinging);
      });
      open(socket);
    },
  );
}
