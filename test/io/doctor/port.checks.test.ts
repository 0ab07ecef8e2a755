import { expect, it } from 'vitest';
import { inspectCheck, portCheck, type PortWorld } from '../../../src/io/doctor/port.checks.ts';
import type { RelaySettings } from '../../../src/io/settings.ts';
import { systemError } from '../../support/scripted-doctor-world.ts';

const free: PortWorld = {
  tryListen: () => Promise.resolve(),
  getHttp: () => Promise.reject(systemError('ECONNREFUSED')),
};

const taken = (code: string): PortWorld => ({
  ...free,
  tryListen: () => Promise.reject(systemError(code)),
});

const look = (world: PortWorld, host = '0.0.0.0', port = 8081) =>
  portCheck({ HTTP_HOST: host, HTTP_PORT: port }, world).run(new AbortController().signal);

it('[DOC-60] is content with a port that is free, or any', async () => {
  expect(await look(free)).toMatchObject({ status: 'ok', found: '0.0.0.0:8081 is free' });
  expect(await look(free, '127.0.0.1', 0)).toMatchObject({ status: 'ok' });
});

it.each([
  ['EADDRINUSE', '0.0.0.0:8081 is in use by another program'],
  ['EACCES', '0.0.0.0:8081 may not be listened on by this user'],
  ['EADDRNOTAVAIL', '0.0.0.0 is no address of this machine'],
  ['EINVAL', '0.0.0.0:8081 cannot be listened on: EINVAL happened'],
])('[DOC-61] explains %s', async (code, found) => {
  expect(await look(taken(code))).toMatchObject({
    status: 'failed',
    found,
    remedy: expect.any(String) as unknown,
  });
});

it('[DOC-62] knows a worker of greenroom that has the port', async () => {
  const asked: string[] = [];
  const world: PortWorld = {
    ...taken('EADDRINUSE'),
    getHttp: (url) => {
      asked.push(url);
      const body = JSON.stringify({ sdk_version: '0.1.0', agents: [] });
      return Promise.resolve({ status: 200, date: null, body });
    },
  };
  expect(await look(world)).toMatchObject({ status: 'warning' });
  await look(world, '::', 1);
  await look(world, '::1', 2);
  expect(asked).toEqual([
    'http://127.0.0.1:8081/worker',
    'http://[::1]:1/worker',
    'http://[::1]:2/worker',
  ]);
});

it.each([['hello'], ['{"agents":[]}'], ['']])(
  '[DOC-63] takes what answers %j for another program',
  async (body) => {
    const getHttp = () => Promise.resolve({ status: 200, date: null, body });
    expect(await look({ ...taken('EADDRINUSE'), getHttp })).toMatchObject({ status: 'failed' });
  },
);

const lookAtInspection = (world: PortWorld, INSPECT: RelaySettings['INSPECT'], HTTP_PORT = 8081) =>
  inspectCheck({ INSPECT, HTTP_HOST: '0.0.0.0', HTTP_PORT }, world).run(
    new AbortController().signal,
  );

const page = { host: '127.0.0.1', port: 7788, isStately: false };

it('[DOC-64] looks whether the page for inspection can be served, where there is to be one', async () => {
  expect(await lookAtInspection(taken('EADDRINUSE'), 'off')).toMatchObject({ status: 'ok' });
  expect(await lookAtInspection(free, page)).toMatchObject({ found: '127.0.0.1:7788 is free' });
  expect(await lookAtInspection(taken('EADDRINUSE'), page)).toMatchObject({
    status: 'failed',
    found: '127.0.0.1:7788 is in use by another program',
    remedy: expect.stringContaining('another INSPECT') as unknown,
  });
  const getHttp = (url: string) => {
    expect(url).toBe('http://127.0.0.1:7788/');
    return Promise.resolve({ status: 200, date: null, body: '<title>greenroom</title>' });
  };
  expect(await lookAtInspection({ ...taken('EADDRINUSE'), getHttp }, page)).toMatchObject({
    status: 'warning',
  });
});

it('[DOC-65] finds the page on the port for health, although it is free', async () => {
  expect(await lookAtInspection(free, page, 7788)).toMatchObject({ status: 'failed' });
  const any = { ...page, port: 0 };
  expect(await lookAtInspection(free, any, 0)).toMatchObject({ status: 'ok' });
});
