import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { codeOf } from '../../../src/io/error-reason.ts';
import { doctorWorld } from '../../../src/io/doctor/doctor-world.ts';
import { serverChecks } from '../../../src/io/doctor/server.checks.ts';

const inTime = new AbortController().signal;

async function listen(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

const serve = (listener: RequestListener) => listen(createHttpServer(listener));

it('[DOC-100] reads status and date, and no more of a body than it needs', async () => {
  const port = await serve((_request, response) => {
    response.writeHead(200, { date: 'Thu, 01 Jan 2026 00:00:00 GMT' });
    // Endless, as far as anybody waits for it.
    const write = () => {
      while (response.write('x'.repeat(65_536)));
      response.once('drain', write);
    };
    write();
  });
  const { status, date, body } = await doctorWorld.getHttp(`http://127.0.0.1:${port}`, inTime);
  expect([status, date]).toEqual([200, Date.UTC(2026, 0, 1)]);
  expect(body.length).toBeGreaterThanOrEqual(65_536);
  expect(body.length).toBeLessThan(10 * 65_536);
});

it('[DOC-101] follows no redirect, and does without a date', async () => {
  const port = await serve((_request, response) => {
    response.sendDate = false;
    response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
  });
  expect(await doctorWorld.getHttp(`http://127.0.0.1:${port}`, inTime)).toEqual({
    status: 302,
    date: null,
    body: '',
  });
});

it('[DOC-102] says that something listens which is no server of HTTP', async () => {
  const overtime = new AbortController();
  const port = await listen(
    createServer((socket) => {
      onTestFinished(() => void socket.destroy());
      // The first byte of the request shows that the check has come this far.
      socket.once('data', () => overtime.abort());
    }),
  );
  const [server] = serverChecks(`ws://127.0.0.1:${port}`, doctorWorld);
  expect(await server?.run(overtime.signal)).toMatchObject({
    status: 'failed',
    found: `127.0.0.1:${port} accepts connections and does not answer HTTP within 5 s`,
  });
});

it('[DOC-103] tells a free port from a taken one, and frees it again', async () => {
  const port = await serve(() => {});
  const taken = doctorWorld.tryListen('127.0.0.1', port);
  await expect(taken.catch(codeOf)).resolves.toBe('EADDRINUSE');
  await doctorWorld.tryListen('127.0.0.1', 0);
});

it('[DOC-104] tells a closed port, and lets go of an open one', async () => {
  const server = createServer();
  const closings: Promise<unknown>[] = [];
  server.on('connection', (socket) => closings.push(once(socket, 'close')));
  const port = await listen(server);
  await doctorWorld.connect('127.0.0.1', port, inTime);
  await expect.poll(() => closings.length).toBe(1);
  await Promise.all(closings);
  server.close();
  await once(server, 'close');
  const refused = doctorWorld.connect('127.0.0.1', port, inTime);
  await expect(refused.catch(codeOf)).resolves.toBe('ECONNREFUSED');
});
