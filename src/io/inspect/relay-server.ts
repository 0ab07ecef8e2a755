import { existsSync } from 'node:fs';
import { isIPv6, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance } from 'fastify';
import type { Clock } from '../../actors/ports.ts';
import { sleep } from '../clock.ts';
import { GreenroomError } from '../errors.ts';
import { isLoopback } from '../http/access.ts';
import { listen } from '../http/listen.ts';
import type { Logger } from '../logger.ts';
import type { Disguise } from './disguise.ts';
import { SUBPROTOCOL } from './protocol.ts';
import { pagePolicy } from './page-policy.ts';
import { RefusalLog } from './refusal-log.ts';
import { RelayAccess } from './relay-access.ts';
import { addStreamRoute } from './stream-route.ts';
import type { Viewable } from './viewable.ts';
import { ViewerConnection } from './viewer-connection.ts';

export type RelayOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What every viewer must bring; undefined where only this machine can ask. */
  readonly token: string | undefined;
  readonly viewable: Viewable;
  /** Takes secrets out of everything that is sent. */
  readonly mask: (json: string) => string;
  /** Where people and rooms go by other names. */
  readonly disguise?: Disguise;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Other ways to look at the same: guard with `access` what they show. */
  readonly addRoutes?: (server: FastifyInstance, access: RelayAccess) => void;
};

/** Where a page is served, and for whom. */
export type PageAddress = {
  readonly address: Pick<RelayOptions, 'host' | 'port'>;
  readonly token: RelayOptions['token'];
};

export type Relay = {
  /** Where a browser on this machine finds the page. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly close: () => Promise<void>;
};

/** The page as `npm run build` makes it: the same path from `src` and from `dist`. */
const PAGE = fileURLToPath(new URL('../../../dist/viewer/', import.meta.url));

const MAX_VIEWERS = 16;
/** The next ones are answered with 503, so that a page of somebody's shows why. */
const MAX_SOCKETS = 64;
/** The next ones are not even answered. */
const MAX_ACCEPTED_SOCKETS = 128;
const MAX_FRAME_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 5_000;
const HEADERS_CHECK_MS = 1_000;
const REQUEST_TIMEOUT_MS = 300_000;
const KEEP_ALIVE_MS = 5_000;
/** Viewers get so long to answer the closing of their stream. */
const GOODBYE_MS = 500;

/**
 * Serves the page for inspection at `/`, and at `/stream` what it shows, as protocol.ts has it.
 *
 * @throws GreenroomError `E_CONFIG` where others than this machine could look without a token,
 * `E_INSPECT_PAGE`, `E_HTTP_LISTEN`.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { host, port, token, viewable, mask, disguise, logger, clock, addRoutes } = options;
  refuseOpenDoor(options);
  if (!existsSync(`${PAGE}index.html`)) {
    throw new GreenroomError('E_INSPECT_PAGE', `there is no page in ${PAGE}`);
  }
  const refusals = new RefusalLog({ clock, logger });
  const access = new RelayAccess({ host, token, onRefused: refusals.count });
  const server = fastify({
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: HEADERS_CHECK_MS,
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Whoever keeps a connection open must not hold up the exit.
    forceCloseConnections: true,
    // Whoever asks is who connects: X-Forwarded-For is what anybody may write.
    trustProxy: false,
  });
  await server.register(helmet, pageHeaders);
  await server.register(websocket, {
    options: {
      maxPayload: MAX_FRAME_BYTES,
      // On loopback bytes cost nothing, and packing them would take the worker's CPU.
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    },
    // What is wrong with a frame closes its stream, with the number that says so (RFC 6455, 7.4.1).
    errorHandler: (err) => logger.debug({ err }, 'a stream of a viewer broke'),
    preClose: () => sayGoodbye(server),
  });
  // After those of the plugin for WebSockets, which closes the sockets of refused ones only where it
  // came first.
  limitSockets(server);
  server.addHook('onRequest', access.guardHost);
  await server.register(fastifyStatic, pageFiles);
  addStreamRoute(server, {
    path: '/stream',
    access,
    clock,
    limit: MAX_VIEWERS,
    fullMessage: `There are ${MAX_VIEWERS} viewers already.`,
    open: (socket) => new ViewerConnection({ socket, viewable, mask, disguise, clock, logger }),
  });
  addRoutes?.(server, access);
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: 'not found', message: 'There are / (the page) and /stream.' }),
  );
  const boundPort = await listen(server, { host, port }, listenRemedy);
  return {
    url: `http://${reachable(host)}:${boundPort}/`,
    host,
    port: boundPort,
    close: async () => {
      refusals.close();
      await server.close();
    },
  };
}

const listenRemedy =
  'Choose another address with --inspect=HOST:PORT (INSPECT), or stop what uses it. Port 0 takes a free one.';

function refuseOpenDoor({ host, port, token }: RelayOptions): void {
  if (isLoopback(host) || token !== undefined) return;
  throw new GreenroomError('E_CONFIG', `${host}:${port} can be reached from other machines`, {
    remedy: 'Inspect on 127.0.0.1, or set INSPECT_TOKEN to a long random text.',
  });
}

/** Where one listens on all addresses, loopback is one of them. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}

const pageHeaders = {
  contentSecurityPolicy: pagePolicy(),
  frameguard: { action: 'deny' },
  referrerPolicy: { policy: 'no-referrer' },
  // It is served without TLS.
  hsts: false,
} as const;

const pageFiles = {
  root: PAGE,
  cacheControl: false,
  dotfiles: 'ignore',
  setHeaders: (reply: { setHeader(name: string, value: string): void }, path: string): void => {
    // Names under assets/ change with what is in them.
    const isHashed = path.startsWith(`${PAGE}assets/`);
    reply.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-store');
  },
} as const;

function limitSockets(server: FastifyInstance): void {
  const open = new Set<Socket>();
  const surplus = new WeakSet<Socket>();
  server.server.maxConnections = MAX_ACCEPTED_SOCKETS;
  server.server.on('connection', (socket) => {
    if (open.size >= MAX_SOCKETS) surplus.add(socket);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (!surplus.has(request.raw.socket)) {
      done();
      return;
    }
    void reply
      .code(503)
      .header('connection', 'close')
      .send({ error: 'busy', message: `There are ${MAX_SOCKETS} connections already.` });
  });
  // Those that became streams are no longer among what fastify closes by force.
  server.addHook('preClose', (done) => {
    for (const socket of open) socket.destroy();
    done();
  });
}

/** Ends all streams, also those of who does not answer. */
async function sayGoodbye({ websocketServer }: FastifyInstance): Promise<void> {
  const { clients } = websocketServer;
  websocketServer.close();
  const gone = [...clients].map(
    (client) =>
      new Promise<void>((resolve) => {
        client.once('close', () => resolve());
        client.close(1001, 'the inspection ends');
      }),
  );
  const patience = new AbortController();
  await Promise.race([
    Promise.all(gone),
    sleep(GOODBYE_MS, patience.signal).catch(() => undefined),
  ]);
  patience.abort();
  for (const client of clients) client.terminate();
}
