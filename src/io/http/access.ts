import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

/** As much of a request as says who asks. */
export type Asked = {
  readonly socket: Pick<Socket, 'remoteAddress'>;
  readonly headers: IncomingHttpHeaders;
};

/**
 * Whether a person or program on this machine asks.
 *
 * Two may come from loopback and are not: a proxy's clients, which its headers give away (a header
 * can only close this door, never open it), and a web page whose host name was pointed at loopback.
 */
export function isFromThisMachine({ socket, headers }: Asked): boolean {
  return (
    isLoopback(socket.remoteAddress ?? '') &&
    !('x-forwarded-for' in headers) &&
    !('forwarded' in headers) &&
    isLoopback(hostOf(headers.host ?? ''))
  );
}

/** Whether this names the machine itself, as an address or as `localhost`. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(host);

/** The name or address in a `Host` header, without its port and brackets; empty where it is none. */
export const hostOf = (header: string): string =>
  URL.canParse(`http://${header}`)
    ? new URL(`http://${header}`).hostname.replace(/^\[(.*)\]$/, '$1')
    : '';

/** Whether the request carries the bearer token. */
export const hasToken = ({ headers }: Asked, token: string | undefined): boolean =>
  isToken(/^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1], token);

/** Whether this is the token. Takes the same time for every wrong one. */
export const isToken = (given: string | undefined, token: string | undefined): boolean =>
  token !== undefined && given !== undefined && timingSafeEqual(sha256(given), sha256(token));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
