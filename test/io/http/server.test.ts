import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { GreenroomError } from '../../../src/io/errors.ts';
import { startHttpServer } from '../../../src/io/http/server.ts';
import type { SessionsView } from '../../../src/io/http/sessions-view.ts';
import { createMetrics } from '../../../src/io/metrics.ts';
import { greenroomVersion } from '../../../src/io/version.ts';
import type { DrainReason } from '../../../src/machines/worker/connection.events.ts';
import { buildSession, buildView } from '../../support/sessions-view.ts';
import { loggerInto, TextSink } from '../../support/text-sink.ts';

type Options = {
  readonly view?: () => SessionsView;
  readonly reason?: string;
  readonly drainReason?: DrainReason;
  readonly token?: string;
  readonly port?: number;
  readonly registeredName?: string;
};

async function serve(options: Options = {}) {
  const view = options.view ?? (() => buildView([buildSession()]));
  const sink = new TextSink();
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: options.port ?? 0,
    token: options.token,
    registeredName: options.registeredName,
    status: {
      unhealthyReason: () => options.reason ?? null,
      drainReason: () => options.drainReason ?? null,
      workerView: () => buildView([buildSession()]).worker,
      view,
    },
    metrics: createMetrics(view),
    logger: loggerInto(sink, 'info'),
  });
  onTestFinished(() => server.close());
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  return { server, get, sink };
}

it('[HTTP-1] is healthy with 200 OK', async () => {
  const { get } = await serve();
  const answer = await get('/');
  expect([answer.status, await answer.text()]).toEqual([200, 'OK']);
});

it('[RECYCLE-5] is healthy while it drains, and says why it does', async () => {
  const { get } = await serve({ drainReason: 'max_rss' });
  const answer = await get('/');
  expect([answer.status, await answer.text()]).toEqual([200, 'OK, ending: max_rss']);
});

it('[HTTP-2] is unhealthy with 503 and the reason', async () => {
  const { get } = await serve({ reason: 'not connected to livekit' });
  const answer = await get('/');
  expect([answer.status, await answer.text()]).toEqual([503, 'not connected to livekit']);
});

it('[HTTP-3] describes the worker with the fields of @livekit/agents, and all its agents', async () => {
  const { get } = await serve();
  expect(await (await get('/worker')).json()).toEqual({
    agent_name: 'participant-monitor',
    agent_name_is_env: false,
    deployment: '',
    worker_type: 'JT_PARTICIPANT',
    worker_load: 0,
    active_jobs: 1,
    sdk_version: greenroomVersion,
    project_type: 'nodejs',
    protocol_version: 1,
    agents: [
      {
        agent_name: 'participant-monitor',
        worker_type: 'JT_PARTICIPANT',
        state: 'available',
        worker_id: 'AW_1',
      },
    ],
  });
});

it('[HTTP-17] describes the worker without a look at its sessions', async () => {
  const view = (): SessionsView => {
    throw new Error('every session was looked at');
  };
  const { get } = await serve({ view });
  expect((await get('/worker')).status).toBe(200);
});

it('[HTTP-4] says under which name a renamed agent is registered', async () => {
  const { get } = await serve({ registeredName: '' });
  expect(await (await get('/worker')).json()).toMatchObject({
    agent_name: '',
    agent_name_is_env: true,
  });
});

it('[HTTP-5] gives metrics to Prometheus', async () => {
  const { get } = await serve();
  const answer = await get('/metrics');
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/);
  expect(await answer.text()).toContain('greenroom_jobs 1');
});

it('[HTTP-6] shows sessions to this machine', async () => {
  const { get } = await serve();
  const answer = await get('/sessions');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.json()).toEqual(buildView([buildSession()]));
});

it.each([
  ['a proxy on loopback', { 'x-forwarded-for': '127.0.0.1' }],
  ['a proxy that says Forwarded', { forwarded: 'for=127.0.0.1' }],
])('[HTTP-7] hides sessions from the clients of %s', async (_who, headers) => {
  const { get } = await serve();
  const answer = await get('/sessions', headers);
  expect(answer.status).toBe(403);
  expect(await answer.text()).not.toContain('alice');
});

it('[HTTP-8] opens sessions to the bearer of the token, and to nobody with another', async () => {
  const { get } = await serve({ token: 'the-right-token' });
  const proxied = { 'x-forwarded-for': '203.0.113.7' };
  const ask = async (authorization?: string) =>
    (await get('/sessions', authorization ? { ...proxied, authorization } : proxied)).status;
  expect(await ask('Bearer the-right-token')).toBe(200);
  expect(await ask('Bearer the-wrong-token')).toBe(401);
  expect(await ask('Bearer the-right-toke')).toBe(401);
  expect(await ask('Basic the-right-token')).toBe(401);
  expect(await ask()).toBe(401);
});

it('[HTTP-9] answers everything else with 404 as JSON', async () => {
  const { server, get } = await serve();
  const answer = await get('/nope');
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: 'not found' });
  const posted = await fetch(`http://127.0.0.1:${server.port}/sessions`, { method: 'POST' });
  expect(posted.status).toBe(404);
});

it('[HTTP-10] says nothing of an error inside but to the log', async () => {
  const { get, sink } = await serve({
    view: () => {
      throw new Error('alice broke it');
    },
  });
  const answer = await get('/sessions');
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('alice');
  expect(sink.text).toContain('http request failed');
  expect((await get('/')).status).toBe(200);
});

it('[HTTP-11] names the address that is taken, and what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const error: unknown = await serve({ port }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(GreenroomError);
  expect(error).toMatchObject({
    code: 'E_HTTP_LISTEN',
    exitStatus: 2,
    message: `cannot listen on 127.0.0.1:${port}: it is in use`,
  });
  expect(error).toHaveProperty('remedy', expect.stringContaining('HTTP_PORT'));
});
