import { expect, it } from 'vitest';
import { serverChecks, type NetworkWorld } from '../../../src/io/doctor/server.checks.ts';
import { buildDoctorWorld, startedAt, systemError } from '../../support/scripted-doctor-world.ts';

const inTime = new AbortController().signal;

async function look(url: string, changes: Partial<NetworkWorld>, signal = inTime) {
  const { world } = buildDoctorWorld(changes);
  const [server, clock] = serverChecks(url, world);
  const reached = await server?.run(signal);
  return reached?.status === 'failed' ? [reached] : [reached, await clock?.run(signal)];
}

const answer = (status: number, date: number | null = startedAt) => ({
  getHttp: () => Promise.resolve({ status, date, body: '' }),
});

it('[DOC-20] finds a server that answers, at the port that its address means', async () => {
  const asked: unknown[] = [];
  const changes: Partial<NetworkWorld> = {
    resolveHost: (hostname) => {
      asked.push(hostname);
      return Promise.resolve([]);
    },
    connect: (...[hostname, port]) => {
      asked.push([hostname, port]);
      return Promise.resolve();
    },
  };
  expect(await look('wss://livekit.example.com', changes)).toMatchObject([
    { status: 'ok', found: 'wss://livekit.example.com answers in 0ms' },
    { status: 'ok' },
  ]);
  await look('ws://[::1]:7880', changes);
  await look('ws://127.0.0.1', changes);
  expect(asked).toEqual([
    'livekit.example.com',
    ['livekit.example.com', 443],
    ['::1', 7880],
    ['127.0.0.1', 80],
  ]);
});

it.each<[string, Partial<NetworkWorld>, string]>([
  [
    'an unknown name',
    { resolveHost: () => Promise.reject(systemError('ENOTFOUND')) },
    'the name host is not known here (DNS: ENOTFOUND)',
  ],
  [
    'a closed port',
    { connect: () => Promise.reject(systemError('ECONNREFUSED')) },
    'nothing listens on host:7880',
  ],
  [
    'no way there',
    { connect: () => Promise.reject(systemError('EHOSTUNREACH')) },
    'host:7880 cannot be reached (TCP): EHOSTUNREACH happened',
  ],
  [
    'no HTTP',
    { getHttp: () => Promise.reject(new TypeError('fetch failed', { cause: systemError('X') })) },
    'wss://host:7880 does not answer HTTP: X happened',
  ],
  ['a proxy alone', answer(502), 'answers 502'],
])('[DOC-21] tells %s from the others', async (_what, changes, found) => {
  const [finding] = await look('wss://host:7880', changes);
  expect(finding).toMatchObject({
    status: 'failed',
    found: expect.stringContaining(found) as unknown,
  });
  expect(finding?.remedy).toMatch(/^(Check|Correct)/);
});

it('[DOC-22] says how far it came when time is over', async () => {
  const over = AbortSignal.abort();
  const aborted = () => Promise.reject(new Error('aborted'));
  expect((await look('ws://host:7880', { connect: aborted }, over))[0]).toMatchObject({
    found: 'host:7880 does not answer within 5 s (TCP)',
  });
  expect((await look('ws://host:7880', { getHttp: aborted }, over))[0]).toMatchObject({
    found: 'host:7880 accepts connections and does not answer HTTP within 5 s',
  });
});

it('[DOC-23] warns of a server that is not ready, and takes other answers for a server', async () => {
  expect((await look('ws://host', answer(406)))[0]).toMatchObject({ status: 'warning' });
  expect((await look('ws://host', answer(404)))[0]).toMatchObject({ status: 'ok' });
});

it.each([
  [0, 'ok', 'less than 5 s'],
  [4_000, 'ok', 'less than 5 s'],
  [-10_000, 'warning', 'is 9.5s ahead of the server'],
  [10_000, 'warning', 'is 10.5s behind the server'],
  [62_000, 'failed', 'is 1m03s behind the server, and tokens are refused beyond a minute'],
  [-62_000, 'failed', 'ahead of the server'],
])('[DOC-24] with a server %i ms ahead of us: %s', async (aheadMs, status, found) => {
  const [, clock] = await look('ws://host', answer(200, startedAt + aheadMs));
  expect(clock).toMatchObject({ status, found: expect.stringContaining(found) as unknown });
});

it('[DOC-25] compares no clocks where the server names no time', async () => {
  const [, clock] = await look('ws://host', answer(200, null));
  expect(clock).toMatchObject({ status: 'skipped' });
});
