import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { RecordingUploads } from '../../../../src/io/inspect/recording/recording-uploads.ts';
import { goldenLog } from '../../../support/recorded-view.ts';
import { openRelay } from '../../../support/relay-stage.ts';

const drop = 'abcdef12';
const type = 'application/octet-stream';

type Sent = { readonly headers?: Record<string, string>; readonly body?: string | Buffer };

async function openUploads({ maxBytes = 1_000_000, isShown = true, token = '' } = {}) {
  const dropped: string[] = [];
  const uploads = new RecordingUploads({
    maxBytes,
    onDropped: (path) => {
      dropped.push(path);
      return Promise.resolve(isShown);
    },
  });
  onTestFinished(() => uploads.close());
  const { addRoutes } = uploads;
  const { relay } = await openRelay({ addRoutes, token: token === '' ? undefined : token });
  const origin = new URL(relay.url).origin;
  const post = async (path: string, { headers = {}, body = '' }: Sent = {}) => {
    const response = await fetch(new URL(`recording/${path}`, relay.url), {
      method: 'POST',
      headers: { 'content-type': type, origin, ...headers },
      body,
    });
    return response.status;
  };
  return { uploads, relay, dropped, post };
}

it('[REC-40] takes the parts of a log into a private folder, which goes with the process', async () => {
  const { post, dropped, uploads } = await openUploads();
  const body = await readFile(goldenLog('basic'));
  expect(await post(`${drop}/basic.1.jsonl`, { body })).toBe(201);
  expect(await post(`${drop}/basic.2.jsonl`, { body: 'more' })).toBe(201);
  expect(await post(drop)).toBe(202);
  const [path = ''] = dropped;
  expect(await readFile(path.replace(/\d\.jsonl$/, '1.jsonl'))).toEqual(body);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  await uploads.close();
  expect(existsSync(dirname(dirname(path)))).toBe(false);
});

it('[REC-41] takes nothing that another page could send', async () => {
  const { post, dropped } = await openUploads();
  const name = `${drop}/a.1.jsonl`;
  expect(await post(name, { headers: { origin: 'http://evil.example' } })).toBe(403);
  expect(await post(name, { headers: { origin: 'null' } })).toBe(403);
  for (const plain of ['text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded']) {
    expect(await post(name, { headers: { 'content-type': plain }, body: 'x' })).toBe(415);
  }
  expect(await post(drop)).toBe(404);
  expect(dropped).toEqual([]);
});

it('[REC-41] takes nothing of who names no origin, or another host', async () => {
  const { relay } = await openUploads();
  const { host } = new URL(relay.url);
  const own = `origin: http://${host}`;
  expect(await rawStatus(relay.port, [`host: ${host}`])).toBe(403);
  expect(await rawStatus(relay.port, ['host: evil.example', own])).toBe(403);
  expect(await rawStatus(relay.port, [`host: ${host}`, own])).toBe(201);
});

it('[REC-41] takes nothing without the token, where there is one', async () => {
  const { post } = await openUploads({ token: 'a-long-random-text' });
  expect(await post(`${drop}/a.1.jsonl`, { body: 'x' })).toBe(401);
  const headers = { authorization: 'Bearer a-long-random-text' };
  expect(await post(`${drop}/a.1.jsonl`, { body: 'x', headers })).toBe(201);
});

it('[REC-42] takes no more than it may, and keeps nothing of what was too much', async () => {
  const { post } = await openUploads({ maxBytes: 1_000 });
  expect(await post(`${drop}/a.1.jsonl`, { body: 'x'.repeat(1_001) })).toBe(413);
  expect(await post(`${drop}/a.1.jsonl`, { body: 'x'.repeat(600) })).toBe(201);
  expect(await post(`other-drop/b.1.jsonl`, { body: 'x'.repeat(401) })).toBe(413);
  expect(await post(`other-drop/b.1.jsonl`, { body: 'x'.repeat(400) })).toBe(201);
});

it.each([
  '..%2f..%2fpasswd.jsonl',
  '%2fetc%2fx.jsonl',
  '.hidden.jsonl',
  'notes.txt',
  `${'x'.repeat(300)}.jsonl`,
])('[REC-43] takes no file that is not named as a log: %s', async (name) => {
  const { post } = await openUploads();
  expect([400, 404, 414]).toContain(await post(`${drop}/${name}`, { body: 'x' }));
});

it('[REC-43] takes no file twice, and no odd name of a drop', async () => {
  const { post } = await openUploads();
  expect(await post(`${drop}/a.1.jsonl`, { body: 'x' })).toBe(201);
  expect(await post(`${drop}/a.1.jsonl`, { body: 'y' })).toBe(409);
  expect(await post('..%2f..%2f..%2f/a.1.jsonl', { body: 'x' })).toBe(400);
});

it('[REC-44] keeps the files of the recording that is shown, and of no other', async () => {
  const { post, dropped } = await openUploads();
  await post(`first-drop/a.1.jsonl`, { body: 'x' });
  await post('first-drop');
  await post(`second-drop/b.1.jsonl`, { body: 'x' });
  await post('second-drop');
  const [first = '', second = ''] = dropped;
  await expect.poll(() => existsSync(first)).toBe(false);
  expect(existsSync(second)).toBe(true);
});

it('[REC-44] keeps nothing that cannot be shown', async () => {
  const { post, dropped } = await openUploads({ isShown: false });
  await post(`${drop}/a.1.jsonl`, { body: 'x' });
  await post(drop);
  await expect.poll(() => existsSync(dropped[0] ?? '.')).toBe(false);
});

/** Of a request that `fetch` would not send. */
function rawStatus(port: number, headers: readonly string[]): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const head = [`POST /recording/${drop}/a.1.jsonl HTTP/1.1`, ...headers, `content-type: ${type}`];
  socket.write(`${[...head, 'content-length: 1', 'connection: close'].join('\r\n')}\r\n\r\nx`);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', (data) => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(String(data))?.[1])));
  });
}
