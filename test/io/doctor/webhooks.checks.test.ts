import { expect, it } from 'vitest';
import { webhooksCheck } from '../../../src/io/doctor/webhooks.checks.ts';
import { systemError } from '../../support/scripted-doctor-world.ts';

const https = 'https://hooks.example.com/path-secret?key=query-secret';
const http = 'http://127.0.0.1:9000/';

/** What `connect` is asked for, and what it says to each host. */
function look(urls: readonly string[], broken: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const check = webhooksCheck(urls, {
    resolveHost: (host) =>
      broken[host] === 'ENOTFOUND' ? Promise.reject(systemError('ENOTFOUND')) : Promise.resolve([]),
    connect: (host, port) => {
      asked.push(`${host}:${port}`);
      const code = broken[host];
      return code === undefined ? Promise.resolve() : Promise.reject(systemError(code));
    },
  });
  return { asked, found: check.run(new AbortController().signal) };
}

it('[WHK-70] connects to each target of webhooks, and posts nothing', async () => {
  const { asked, found } = look([https, http]);
  expect(await found).toEqual({
    status: 'ok',
    found: 'all 2 targets accept connections; nothing was posted',
  });
  expect(asked.toSorted()).toEqual(['127.0.0.1:9000', 'hooks.example.com:443']);
  expect(await look([]).found).toMatchObject({ status: 'ok' });
});

it('[WHK-70] names those that cannot be reached, by no more than their origin', async () => {
  const broken = { 'hooks.example.com': 'ENOTFOUND', '127.0.0.1': 'ECONNREFUSED' };
  expect(await look([https, http], broken).found).toMatchObject({
    status: 'failed',
    found: '2 of 2 targets cannot be reached',
    details: [
      'https://hooks.example.com cannot be reached: ENOTFOUND happened',
      'nothing listens on http://127.0.0.1:9000',
    ],
  });
});
