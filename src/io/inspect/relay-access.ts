import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasToken, hostOf, isFromThisMachine, isLoopback, isToken } from '../http/access.ts';
import { SUBPROTOCOL } from './protocol.ts';

type RelayAccessOptions = {
  /** What is listened on, as it was configured. */
  readonly host: string;
  /** What every stream needs; undefined: to be on this machine is enough. */
  readonly token: string | undefined;
  /** Hears why somebody was turned away. */
  readonly onRefused: (reason: RefusalReason) => void;
};

export type RefusalReason = 'host' | 'origin' | 'credentials' | 'machine' | 'protocol';

type Refusal = {
  readonly reason: RefusalReason;
  readonly status: number;
  readonly message: string;
};

/**
 * Who may see what is inspected.
 *
 * A web page of somebody else's must not, although its browser is on this machine: it comes under its
 * own host name, which it has pointed at loopback, or with its own origin.
 */
export class RelayAccess {
  readonly #options: RelayAccessOptions;

  constructor(options: RelayAccessOptions) {
    this.#options = options;
  }

  /** For every request: it must have been sent to this server, under a name of its own. */
  readonly guardHost = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    this.#guard(this.#judgeHost(request), reply, done);
  };

  /** For whatever shows more than the page itself: the origin and the token must be right too. */
  readonly guardStream = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    this.#guard(this.#judgeStream(request), reply, done);
  };

  #guard(refusal: Refusal | null, reply: FastifyReply, done: () => void): void {
    if (refusal === null) {
      done();
      return;
    }
    this.#options.onRefused(refusal.reason);
    if (refusal.status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.code(refusal.status).send({ error: refusal.reason, message: refusal.message });
  }

  #judgeHost({ headers }: FastifyRequest): Refusal | null {
    if (isNameOf(this.#options.host, hostOf(headers.host ?? ''))) return null;
    const message =
      'The Host header does not name this server: open it by the address in INSPECT, by an IP ' +
      'address where it listens on all, or as localhost.';
    return { reason: 'host', status: 403, message };
  }

  #judgeStream(request: FastifyRequest): Refusal | null {
    const { headers } = request;
    const { token } = this.#options;
    if (!isOwnOrigin(headers)) {
      const message = 'Only the page that this server serves may read the stream.';
      return { reason: 'origin', status: 403, message };
    }
    if (request.ws && !protocolsIn(headers).includes(SUBPROTOCOL)) {
      const message = `Offer the subprotocol ${SUBPROTOCOL}.`;
      return { reason: 'protocol', status: 400, message };
    }
    if (token === undefined) {
      const message = 'Only clients on this machine may look, unless INSPECT_TOKEN is set.';
      return isFromThisMachine(request) ? null : { reason: 'machine', status: 403, message };
    }
    if (hasToken(request, token) || isToken(offeredToken(headers), token)) return null;
    const message =
      'Send the value of INSPECT_TOKEN as a bearer token, or as subprotocol token.<base64url>.';
    return { reason: 'credentials', status: 401, message };
  }
}

/**
 * Whether a server that listens on this host goes by that name. A page that has pointed a name of its
 * own here goes by that name, and never by an address.
 */
function isNameOf(host: string, name: string): boolean {
  if (isLoopback(name)) return true;
  const isEverywhere = host === '0.0.0.0' || host === '::';
  return isEverywhere
    ? isIP(name) !== 0 || name === hostname().toLowerCase()
    : name === host.toLowerCase();
}

/** Programs send no origin, browsers always do where a WebSocket is opened. */
function isOwnOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol)
    ? new URL(origin).host === new URL(`http://${host ?? ''}`).host
    : false;
}

const protocolsIn = (headers: IncomingHttpHeaders): readonly string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

const TOKEN_PREFIX = 'token.';

/** A browser cannot send other headers with a WebSocket, and a token in a URL would be logged. */
function offeredToken(headers: IncomingHttpHeaders): string | undefined {
  const offered = protocolsIn(headers).find((name) => name.startsWith(TOKEN_PREFIX));
  return offered && Buffer.from(offered.slice(TOKEN_PREFIX.length), 'base64url').toString('utf8');
}
