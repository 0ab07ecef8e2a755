import { lookup } from 'node:dns/promises';
import type { FastifyInstance } from 'fastify';
import { GreenroomError } from '../errors.ts';

type Address = { readonly host: string; readonly port: number };

/**
 * Begins to serve, or closes the server. Of a name that has several addresses it takes one, IPv4 first.
 *
 * @param remedy what to do where the address cannot be had; without it that of the error's table.
 * @returns the port, also where any free one was asked for.
 * @throws GreenroomError `E_HTTP_LISTEN`.
 */
export async function listen(
  server: FastifyInstance,
  { host, port }: Address,
  remedy?: string,
): Promise<number> {
  try {
    // For each further address of `localhost` Fastify would open a server of its own, without the limits
    // and listeners that `server.server` was given.
    const { address } = await lookup(host, { verbatim: false });
    await server.listen({ host: address, port });
  } catch (cause) {
    await server.close();
    throw new GreenroomError(
      'E_HTTP_LISTEN',
      `cannot listen on ${host}:${port}: ${reasonOf(cause)}`,
      { cause, ...(remedy !== undefined && { remedy }) },
    );
  }
  const address = server.server.address();
  return address === null || typeof address === 'string' ? port : address.port;
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return 'it is in use';
    case 'EACCES':
      return 'this user may not listen on it';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'it is no address of this machine';
    default:
      return String(cause);
  }
}
