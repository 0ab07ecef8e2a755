import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { createDispatch } from '../../../src/io/cli/dispatch-client.ts';

/** Answers every request to the API of a LiveKit server alike, and remembers them. */
async function serve(status: number, answer: Record<string, unknown>) {
  const asked: { path: string | undefined; body: unknown }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      asked.push({ path: request.url, body: JSON.parse(body) });
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const url = `ws://127.0.0.1:${port}`;
  const settings = { LIVEKIT_URL: url, LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 's'.repeat(32) };
  const metadata = '{"participant_identity":"alice"}';
  const dispatch = () => createDispatch(settings, { room: 'r', agent: 'a', metadata });
  return { url, asked, dispatch };
}

it('[CLI-40] asks the server for a dispatch, and gives its id', async () => {
  const { asked, dispatch } = await serve(200, { id: 'AD_1' });
  expect(await dispatch()).toBe('AD_1');
  expect(asked).toEqual([
    {
      path: '/twirp/livekit.AgentDispatchService/CreateDispatch',
      body: { room: 'r', agentName: 'a', metadata: '{"participant_identity":"alice"}' },
    },
  ]);
});

it.each([
  [401, 'E_UNAUTHORIZED', 'refuses the API key'],
  [403, 'E_UNAUTHORIZED', 'refuses the API key'],
  [404, 'E_DISPATCH', 'answered 404: no such thing'],
  [503, 'E_DISPATCH', 'answered 503: no such thing'],
])('[CLI-41] tells an answer %i as %s', async (status, code, message) => {
  const { url, dispatch } = await serve(status, { code: 'any', msg: 'no such thing' });
  await expect(dispatch()).rejects.toMatchObject({ code, message: `${url} ${message}` });
});
