import { expect, it } from 'vitest';
import { GreenroomError } from '../../../src/io/errors.ts';
import { SUBPROTOCOL } from '../../../src/io/inspect/protocol.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import {
  askForStream,
  openRelay,
  openStream,
  sayRaw,
  upgradeRequest,
} from '../../support/relay-stage.ts';

const token = 'the-token-of-the-inspection';
const asProtocol = (text: string) => `token.${Buffer.from(text).toString('base64url')}`;

const request = (method: string, path: string, headers: readonly string[]): string =>
  [`${method} ${path} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n');

const statusIn = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

it.each(['127.0.0.1:9', 'localhost:9', '[::1]:9', 'LOCALHOST', '127.8.8.8'])(
  '[RLY-1] serves the page on loopback to who calls it %s',
  async (host) => {
    const { relay } = await openRelay();
    expect(statusIn(await sayRaw(relay.port, request('GET', '/', [`Host: ${host}`])))).toBe(200);
  },
);

it.each([
  'evil.example',
  'evil.example:7788',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'localhost@evil.example',
  '10.0.0.1',
  '0.0.0.0',
  '',
  ' ',
  '[',
])(
  '[RLY-2] is not deceived by a page whose name was pointed at loopback: Host "%s"',
  async (host) => {
    const { relay, viewable } = await openRelay();
    const get = await sayRaw(relay.port, request('GET', '/', [`Host: ${host}`]));
    expect(statusIn(get)).toBe(403);
    expect(get).not.toContain('<html');
    const upgrade = await sayRaw(relay.port, upgradeRequest(host));
    expect(statusIn(upgrade)).toBe(403);
    expect(viewable.lines).toEqual([]);
  },
);

it('[RLY-2] answers nobody who does not say whom they call', async () => {
  const { relay } = await openRelay();
  expect(statusIn(await sayRaw(relay.port, request('GET', '/', [])))).toBe(400);
  expect(await sayRaw(relay.port, 'GET / HTTP/1.0\r\n\r\n')).toContain(' 403 ');
});

it('[RLY-3] goes by addresses where it listens on all, and by no other name', async () => {
  const { relay } = await openRelay({ host: '0.0.0.0', token });
  const ask = async (host: string) =>
    statusIn(await sayRaw(relay.port, request('GET', '/', [`Host: ${host}`])));
  expect(await ask('192.0.2.7:7788')).toBe(200);
  expect(await ask('[2001:db8::7]:7788')).toBe(200);
  expect(await ask('evil.example:7788')).toBe(403);
});

it.each([
  'http://evil.example',
  'https://127.0.0.1.evil.example',
  'null',
  'file://',
  'http://127.0.0.1:1',
  'http://localhost',
])('[RLY-4] opens no stream to a page from %s', async (origin) => {
  const { relay, viewable } = await openRelay();
  expect(await askForStream(relay, { headers: { origin } })).toBe(403);
  expect(viewable.lines).toEqual([]);
});

it('[RLY-5] opens the stream to its own page, and to a program, which has no origin', async () => {
  const { relay } = await openRelay();
  const origin = `http://127.0.0.1:${relay.port}`;
  expect(await askForStream(relay, { headers: { origin } })).toBe(101);
  expect(await askForStream(relay)).toBe(101);
});

it('[RLY-6] lets no other page read anything: no CORS, no framing, nothing sniffed', async () => {
  const { relay } = await openRelay();
  const answer = await fetch(relay.url, { headers: { origin: 'http://evil.example' } });
  const headers = Object.fromEntries(answer.headers);
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
  expect(headers['content-security-policy']).toBe(
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';" +
      "connect-src 'self';worker-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  );
});

it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
  '[RLY-7] takes nothing by %s',
  async (method) => {
    const { relay } = await openRelay();
    for (const path of ['', 'stream', 'index.html']) {
      const answer = await fetch(`${relay.url}${path}`, { method });
      expect(answer.status).toBe(404);
    }
  },
);

it.each(['/../package.json', '/..%2f..%2fpackage.json', '/%2e%2e/io/cli/main.js', '/.git/config'])(
  '[RLY-8] serves no file but those of the page: %s',
  async (path) => {
    const { relay } = await openRelay();
    const answer = await sayRaw(relay.port, request('GET', path, ['Host: localhost']));
    expect([400, 403, 404]).toContain(statusIn(answer));
    expect(answer).not.toContain('greenroom"');
  },
);

it('[RLY-9] asks everybody for the token where there is one, on loopback too', async () => {
  const { relay, viewable } = await openRelay({ token });
  const bearer = (text: string) => askForStream(relay, { headers: { authorization: text } });
  const offered = (text: string) =>
    askForStream(relay, { protocols: [SUBPROTOCOL, asProtocol(text)] });
  expect(await askForStream(relay)).toBe(401);
  expect(await bearer(`Bearer ${token}x`)).toBe(401);
  expect(await bearer(`Basic ${token}`)).toBe(401);
  expect(await offered(token.slice(0, -1))).toBe(401);
  expect(await offered('')).toBe(401);
  expect(viewable.lines).toEqual([]);
  expect(await bearer(`Bearer ${token}`)).toBe(101);
  expect(await offered(token)).toBe(101);
  // The page says nothing of what is inspected, and a browser cannot bring a token for it.
  expect((await fetch(relay.url)).status).toBe(200);
});

it('[RLY-9] never says the token back', async () => {
  const { relay, log } = await openRelay({ token });
  const { socket } = await openStream(relay, { protocols: [SUBPROTOCOL, asProtocol(token)] });
  expect(socket.protocol).toBe(SUBPROTOCOL);
  await askForStream(relay, { headers: { authorization: 'Bearer not-the-token' } });
  expect(log.text).not.toContain('the-token');
});

it.each([{ 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }])(
  '[RLY-10] opens no stream without a token to the clients of a proxy: %o',
  async (headers) => {
    const { relay } = await openRelay();
    expect(await askForStream(relay, { headers })).toBe(403);
  },
);

it('[RLY-11] opens no stream to who speaks another protocol, or none', async () => {
  const { relay } = await openRelay();
  expect(await askForStream(relay, { protocols: ['greenroom.inspect.0'] })).toBe(400);
  expect(await askForStream(relay, { protocols: [] })).toBe(400);
});

it.each(['0.0.0.0', '::', '192.0.2.1', 'worker.example'])(
  '[RLY-12] does not begin without a token on %s, which others can reach',
  async (host) => {
    const error: unknown = await openRelay({ host }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GreenroomError);
    expect(error).toMatchObject({ code: 'E_CONFIG', exitStatus: 2 });
    expect(error).toHaveProperty('remedy', expect.stringContaining('INSPECT_TOKEN'));
  },
);

it('[RLY-13] names the address that is taken, and the flag for another', async () => {
  const { relay } = await openRelay();
  const error: unknown = await openRelay({ port: relay.port }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'E_HTTP_LISTEN',
    message: `cannot listen on 127.0.0.1:${relay.port}: it is in use`,
  });
  expect(error).toHaveProperty('remedy', expect.stringContaining('--inspect'));
});

it('[RLY-14] logs refusals at once, and then once a minute how many of each', async () => {
  const clock = new VirtualClock();
  const { relay, log } = await openRelay({ clock, token });
  const refusals = () =>
    log.lines.flatMap((line) => {
      const { msg, refused } = JSON.parse(line) as { msg: string; refused?: unknown };
      return msg === 'looks at the inspection were refused' ? [refused] : [];
    });
  await askForStream(relay);
  expect(refusals()).toEqual([{ credentials: 1 }]);
  await askForStream(relay);
  await askForStream(relay);
  await askForStream(relay, { headers: { origin: 'http://evil.example' } });
  expect(refusals()).toHaveLength(1);
  clock.advanceBy(60_000);
  expect(refusals()).toEqual([{ credentials: 1 }, { credentials: 2, origin: 1 }]);
  clock.advanceBy(600_000);
  expect(refusals()).toHaveLength(2);
});
