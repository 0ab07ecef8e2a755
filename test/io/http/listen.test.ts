import dns from 'node:dns';
import { once } from 'node:events';
import { connect } from 'node:net';
import fastify from 'fastify';
import { expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../../../src/io/http/listen.ts';

/** Of the last argument, whichever way it is asked. */
const isListener = (value: unknown): value is (...told: readonly unknown[]) => void =>
  typeof value === 'function';

it('[HTTP-15] opens one socket for a name of several addresses: limits hold for no other', async () => {
  const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
  // Node asks for one address with two arguments, Fastify for all with three.
  vi.spyOn(dns, 'lookup').mockImplementation((host: string, ...rest: readonly unknown[]) => {
    const tell = rest.at(-1);
    if (!isListener(tell)) return;
    if (rest.length === 1) tell(null, host === 'localhost' ? '127.0.0.1' : host, 4);
    else tell(null, addresses);
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
