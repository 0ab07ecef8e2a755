import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/io/clock.ts';
import { HttpPoster } from '../../../src/io/webhooks/http-poster.ts';
import { listenOnLoopback, type LoopbackServer } from '../../support/loopback-server.ts';

async function listen(listener: RequestListener, port = 0): Promise<LoopbackServer> {
  const server = await listenOnLoopback(listener, port);
  onTestFinished(() => server.close());
  return server;
}

function openPoster(timeoutMs = 10_000) {
  const poster = new HttpPoster({ clock: systemClock, timeoutMs });
  onTestFinished(() => poster.close());
  return (url: string, body = '{}') => poster.post({ url, body, authorization: 'the-token' });
}

const answered = (status: number, headers = {}) => ({
  kind: 'answered',
  status,
  retryAfter: '',
  location: '',
  ...headers,
});

it('[WHK-30] posts the body as it is, over connections that it keeps', async () => {
  const ports = new Set<number | undefined>();
  const seen: unknown[] = [];
  const server = await listen((request, response) => {
    ports.add(request.socket.remotePort);
    const { authorization, 'content-type': type } = request.headers;
    void text(request).then((body) => {
      seen.push({ method: request.method, authorization, type, body });
      response.end('thank you');
    });
  });
  const post = openPoster();
  const body = '{"name":"Zoë"}';
  for (let count = 0; count < 3; count += 1) {
    expect(await post(server.url, body)).toEqual(answered(200));
  }
  const type = 'application/webhook+json';
  expect(seen[0]).toEqual({ method: 'POST', authorization: 'the-token', type, body });
  expect(ports.size).toBe(1);
});

it('[WHK-31] follows no redirect', async () => {
  let visits = 0;
  const other = await listen((_request, response) => {
    visits += 1;
    response.end();
  });
  const server = await listen((_request, response) => {
    response.writeHead(307, { location: other.url }).end();
  });
  expect(await openPoster()(server.url)).toEqual(answered(307, { location: other.url }));
  expect(visits).toBe(0);
});

it('[WHK-32] gives up a target that does not answer, or not to the end of its headers', async () => {
  const hanging = await listen(() => {});
  const slow = await listen((request, response) => {
    response.socket?.write('HTTP/1.1 200 OK\r\n');
    const dripping = setInterval(() => response.socket?.write('x-slow: 1\r\n'), 20);
    request.socket.on('close', () => clearInterval(dripping));
  });
  const post = openPoster(200);
  const given = { kind: 'unanswered', reason: 'no answer within 0.2 s' };
  expect(await Promise.all([post(hanging.url), post(slow.url)])).toEqual([given, given]);
});

it('[WHK-33] reads no more of an answer than its beginning, and waits for no end of it', async () => {
  let written = 0;
  const endless = await listen((_request, response) => {
    const write = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384))) written += 16_384;
    };
    response.on('drain', write);
    write();
  });
  const open = await listen((_request, response) => {
    response.writeHead(200).write('begun');
  });
  const post = openPoster(500);
  expect(await post(endless.url)).toEqual(answered(200));
  // What is in the buffers of the system is on its way.
  expect(written).toBeLessThan(64 * 1024 * 1024);
  expect(await post(open.url)).toEqual(answered(200));
});

it('[WHK-34] says why nobody answers, and gets through once somebody does', async () => {
  const first = await listen((_request, response) => response.end());
  const post = openPoster();
  expect(await post(first.url)).toEqual(answered(200));
  await first.close();
  // A connection that was kept may not know of its end yet.
  await vi.waitFor(async () => {
    expect(JSON.stringify(await post(first.url))).toMatch(/unanswered.*ECONNREFUSED/);
  });
  await listen((_request, response) => response.end(), first.port);
  expect(await post(first.url)).toEqual(answered(200));
});

it('[WHK-35] breaks off what is under way when it is closed', async () => {
  const server = await listen(() => poster.close());
  const poster = new HttpPoster({ clock: systemClock, timeoutMs: 10_000 });
  const answer = await poster.post({ url: server.url, body: '{}', authorization: 'the-token' });
  expect(answer.kind).toBe('unanswered');
});
