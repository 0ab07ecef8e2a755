import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

type Asked = {
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

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(host);

const hostOf = (header: string): string =>
  URL.canParse(`http://${header}`)
    ? new URL(`http://${header}`).hostname.replace(/^\[(.*)\]$/, '$1')
    : '';

/** Whether the request carries the bearer token. Takes the same time for every wrong one. */
export function hasToken({ headers }: Asked, token: string | undefined): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return (
    token !== undefined && given !== undefined && timingSafeEqual(sha256(given), sha256(token))
  );
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
