import dns from 'node:dns';
import { once } from 'node:events';
import { connect } from 'node:net';
import fastify from 'fastify';
import { expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../../../src/io/http/listen.ts';

/** Node asks for one address with two arguments, Fastify for all with three. */
type Lookup = (host: string, ...rest: readonly ((...told: readonly unknown[]) => void)[]) => void;

it('[HTTP-15] opens one socket for a name of several addresses: limits hold for no other', async () => {
  const lookup = vi.spyOn(dns, 'lookup') as unknown as { mockImplementation(look: Lookup): void };
  lookup.mockImplementation((host, ...rest) => {
    const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
    if (rest.length === 1) rest[0]?.(null, host === 'localhost' ? '127.0.0.1' : host, 4);
    else rest[1]?.(null, addresses);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  const server = fastify();
  onTestFinished(() => server.close());
  const port = await listen(server, { host: 'localhost', port: 0 });
  expect(server.server.address()).toMatchObject({ address: '127.0.0.1', port });
  await expect(once(connect(port, '127.0.0.2'), 'connect')).rejects.toThrow('ECONNREFUSED');
});

it('[HTTP-16] says of a name that nobody has that it is none of this machine', async () => {
  const listening = listen(fastify(), { host: 'nobody.invalid', port: 0 });
  await expect(listening).rejects.toMatchObject({ code: 'E_HTTP_LISTEN' });
});
