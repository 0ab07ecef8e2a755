import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { greenroomVersion } from '../../../src/io/version.ts';
import { jsonMask } from '../../../src/io/mask-secrets.ts';
import type { Look, RelayMessage } from '../../../src/io/inspect/protocol.ts';
import { VirtualClock } from '../../../src/io/virtual-clock.ts';
import {
  askForStream,
  openRaw,
  openRelay,
  openStream,
  sayRaw,
  upgradeRequest,
} from '../../support/relay-stage.ts';

const look: Look = { frameRateHz: 30, tree: true, actor: null, room: null, sessions: false };
const words = JSON.stringify({ type: 'look', ...look });
const within = { timeout: 5_000, interval: 10 };

const refusals = (told: readonly string[]) => told.filter((text) => text.includes('"refused"'));

it('[RLY-20] serves the page anew each time, and what it loads for ever', async () => {
  const { relay } = await openRelay();
  const page = await fetch(relay.url);
  const html = await page.text();
  expect(page.headers.get('cache-control')).toBe('no-store');
  const [, script = ''] = /<script[^>]* src="\.\/([^"]+)"/.exec(html) ?? [];
  const asset = await fetch(new URL(script, relay.url));
  expect([asset.status, asset.headers.get('cache-control')]).toEqual([
    200,
    'public, max-age=31536000, immutable',
  ]);
  expect(await asset.text()).toBe(readFileSync(join('dist/viewer', script), 'utf8'));
});

it('[RLY-21] greets a viewer, hears it, and forgets it when it goes', async () => {
  const { relay, viewable } = await openRelay();
  const { socket, told } = await openStream(relay);
  socket.send(words);
  await vi.waitFor(() => expect(viewable.taken).toEqual([{ type: 'look', ...look }]), within);
  expect(told.map((text) => JSON.parse(text) as RelayMessage)).toEqual([
    expect.objectContaining({
      type: 'hello',
      source: expect.objectContaining({ greenroom: greenroomVersion }) as unknown,
    }),
  ]);
  socket.close();
  await vi.waitFor(() => expect(viewable.closedCount).toBe(1), within);
  viewable.lines[0]?.send({ type: 'ready', at: 1 });
  expect(told).toHaveLength(1);
});

it.each([
  'nonsense',
  '',
  'null',
  '[]',
  '{"type":"look"}',
  '{"type":"goTo","step":-1}',
  '{"type":"goTo","step":1.5}',
  '{"type":"play","speed":1e9}',
  '{"type":"look","frameRateHz":1000,"tree":true,"actor":null,"room":null,"sessions":true}',
  '{"type":"pause","more":1}',
  '{"type":"__proto__"}',
  `{"type":"look","frameRateHz":1,"tree":true,"actor":null,"room":"${'x'.repeat(2_000)}","sessions":true}`,
])('[RLY-22] refuses what is not of the protocol, and goes on: %s', async (text) => {
  const { relay, viewable } = await openRelay();
  const { socket, told } = await openStream(relay);
  socket.send(text);
  socket.send(words);
  await vi.waitFor(() => expect(viewable.taken).toHaveLength(1), within);
  // Both sides are of one process: the relay may have heard more than the viewer was told.
  await vi.waitFor(() => expect(refusals(told)).toHaveLength(1), within);
  expect(refusals(told)[0]).toContain('E_VIEWER_MESSAGE');
  expect(refusals(told)[0]?.length).toBeLessThan(400);
});

it('[RLY-23] closes on the tenth mistake', async () => {
  const { relay, viewable } = await openRelay();
  const { socket, told, closed } = await openStream(relay);
  for (let count = 0; count < 20; count += 1) socket.send('nonsense');
  expect(await closed).toBe(1008);
  expect(refusals(told)).toHaveLength(10);
  expect(viewable.closedCount).toBe(1);
});

it.each([
  ['a binary frame', (socket: WebSocket) => socket.send(Buffer.from(words)), 1003],
  ['a frame over 64 KiB', (socket: WebSocket) => socket.send('x'.repeat(65 * 1024)), 1009],
  [
    'many messages at once',
    (socket: WebSocket) => {
      for (let count = 0; count < 101; count += 1) socket.send(words);
    },
    1008,
  ],
] as const)('[RLY-24] closes on %s', async (_what, say, code) => {
  const { relay, viewable } = await openRelay();
  const { socket, closed } = await openStream(relay);
  say(socket);
  expect(await closed).toBe(code);
  await vi.waitFor(() => expect(viewable.closedCount).toBe(1), within);
});

it('[RLY-24] hears 100 messages in a second', async () => {
  const clock = new VirtualClock();
  const { relay, viewable } = await openRelay({ clock });
  const { socket } = await openStream(relay);
  for (let second = 1; second <= 3; second += 1) {
    for (let count = 0; count < 100; count += 1) socket.send(words);
    await vi.waitFor(() => expect(viewable.taken).toHaveLength(second * 100), within);
    clock.advanceBy(1_000);
  }
});

it.each([
  ['garbage', '\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff'],
  ['an unmasked frame', '\x81\x02hi'],
  ['a reserved opcode', '\x83\x80\x00\x00\x00\x00'],
])('[RLY-25] ends a stream with %s in it, and nothing else', async (_what, bytes) => {
  const { relay, viewable } = await openRelay();
  const other = await openStream(relay);
  const raw = await openRaw(relay.port);
  raw.write(upgradeRequest('localhost'));
  await vi.waitFor(() => expect(viewable.lines).toHaveLength(2), within);
  raw.write(Buffer.from(bytes, 'latin1'));
  await vi.waitFor(() => expect(viewable.closedCount).toBe(1), within);
  other.socket.send(words);
  await vi.waitFor(() => expect(viewable.taken).toHaveLength(1), within);
});

it.each([
  'GET /stream\r\n\r\n',
  '\x16\x03\x01\x02',
  'GET / HTTP/9.9\r\n\r\n',
  `${'x'.repeat(1e5)}\r\n`,
])('[RLY-25] answers 4xx to what is no request', async (text) => {
  const { relay } = await openRelay();
  expect(await sayRaw(relay.port, text)).toMatch(/^HTTP\/1\.1 4\d\d |^$/);
  expect((await fetch(relay.url)).status).toBe(200);
});

it('[RLY-26] lets nothing thrown reach who sends, or the process', async () => {
  const { relay, viewable, log } = await openRelay();
  viewable.defect = new Error('the viewable broke');
  const { socket, closed } = await openStream(relay);
  socket.send(words);
  expect(await closed).toBe(1011);
  expect(log.text).toContain('the viewable broke');
  const second = await openStream(relay);
  const inside: Record<string, unknown> = {};
  inside['itself'] = inside;
  const broken: RelayMessage = { type: 'contexts', id: 1, seq: 1, before: inside, after: null };
  expect(() => viewable.lines[1]?.send(broken)).not.toThrow();
  expect(await second.closed).toBe(1011);
});

it('[RLY-27] drops who was pinged for a minute and took nothing', async () => {
  const clock = new VirtualClock();
  const { relay, viewable } = await openRelay({ clock });
  const alive = await openStream(relay);
  const stuck = await openStream(relay);
  stuck.socket.pause();
  for (let seconds = 0; seconds < 75; seconds += 15) {
    const ponged = new Promise((resolve) => alive.socket.once('ping', resolve));
    clock.advanceBy(15_000);
    await ponged;
    // Its answer has come once what it says behind it has.
    const heard = viewable.taken.length + 1;
    alive.socket.send(words);
    await vi.waitFor(() => expect(viewable.taken).toHaveLength(heard), within);
  }
  expect(viewable.closedCount).toBe(1);
  expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  alive.socket.terminate();
  await vi.waitFor(() => expect(viewable.closedCount).toBe(2), within);
  // Without a viewer nobody is to be pinged.
  expect(clock.pendingCount).toBe(0);
});

it('[RLY-28] says how much a viewer has not taken, and bounds it', async () => {
  const { relay, viewable, log } = await openRelay();
  const { socket } = await openStream(relay);
  socket.pause();
  const line = viewable.lines[0];
  if (!line) throw new Error('the viewer was not let in');
  const after = 'x'.repeat(4 * 1024 * 1024);
  const say = () => line.send({ type: 'contexts', id: 1, seq: 1, before: null, after });
  say();
  say();
  expect(line.bufferedBytes).toBeGreaterThan(after.length);
  for (let count = 0; count < 20; count += 1) say();
  expect(viewable.closedCount).toBe(1);
  expect(log.text).toContain('a viewer takes nothing, and is dropped');
});

it('[RLY-29] takes 16 viewers, and the next when one has gone', async () => {
  const { relay, viewable } = await openRelay();
  const [first] = await Promise.all(Array.from({ length: 16 }, () => openStream(relay)));
  expect(await askForStream(relay)).toBe(503);
  expect(await askForStream(relay)).toBe(503);
  first?.socket.close();
  await vi.waitFor(() => expect(viewable.closedCount).toBe(1), within);
  expect(await askForStream(relay)).toBe(101);
});

it('[RLY-30] answers 503 over 64 connections, and nobody over 128', async () => {
  const { relay } = await openRelay();
  const idle = await Promise.all(Array.from({ length: 64 }, () => openRaw(relay.port)));
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  expect(await sayRaw(relay.port, request)).toMatch(/^HTTP\/1\.1 503 /);
  idle[0]?.destroy();
  await vi.waitFor(async () => {
    expect(await sayRaw(relay.port, request)).toMatch(/^HTTP\/1\.1 200 /);
  }, within);
});

it('[RLY-31] does not mind 1,000 connections at once, and keeps nothing of them', async () => {
  const { relay } = await openRelay();
  const { socket } = await openStream(relay);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  const sockets = () =>
    process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const before = sockets();
  delay.enable();
  const all = await Promise.all(Array.from({ length: 1_000 }, () => openRaw(relay.port)));
  delay.disable();
  for (const one of all) one.destroy();
  // They are opened by the same process, which takes most of it.
  expect(delay.percentile(99) / 1e6).toBeLessThan(1_000);
  await vi.waitFor(() => expect(sockets()).toBeLessThanOrEqual(before), within);
  expect((await fetch(relay.url)).status).toBe(200);
  expect(socket.readyState).toBe(WebSocket.OPEN);
});

it('[RLY-32] does not wait for who says its request bit by bit', { timeout: 20_000 }, async () => {
  const { relay } = await openRelay();
  const answers = await Promise.all([
    sayRaw(relay.port, ''),
    sayRaw(relay.port, 'GET / HTTP/1.1\r\nHost: loc'),
  ]);
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 |^$/);
});

it('[RLY-33] sends no secret, however it stands in the text', async () => {
  const secret = 'the "secret" \\ of a key';
  const { relay, viewable } = await openRelay({ mask: jsonMask([secret]) });
  const { told } = await openStream(relay);
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';
  const after = { secret, inside: `before ${secret} after`, [secret]: 1, token };
  viewable.lines[0]?.send({ type: 'contexts', id: 1, seq: 1, before: null, after });
  await vi.waitFor(() => expect(told).toHaveLength(2), within);
  expect(JSON.parse(told[1] ?? '')).toMatchObject({
    after: { secret: '[secret]', inside: 'before [secret] after', '[secret]': 1, token: '[token]' },
  });
});

it('[RLY-34] ends at once, also with a viewer that does not answer', async () => {
  const { relay, viewable } = await openRelay();
  const polite = await openStream(relay);
  const stuck = await openStream(relay);
  stuck.socket.pause();
  await openRaw(relay.port);
  await relay.close();
  expect(await polite.closed).toBe(1001);
  await vi.waitFor(() => expect(viewable.closedCount).toBe(2), within);
  await expect(openRaw(relay.port)).rejects.toThrow('ECONNREFUSED');
});
