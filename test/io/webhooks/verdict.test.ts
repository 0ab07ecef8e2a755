import { expect, it } from 'vitest';
import type { PostAnswer } from '../../../src/io/webhooks/http-poster.ts';
import { judge } from '../../../src/io/webhooks/verdict.ts';

const now = Date.UTC(2026, 0, 1, 12);

const answered = (status: number, headers: { retryAfter?: string; location?: string } = {}) =>
  ({ kind: 'answered', status, retryAfter: '', location: '', ...headers }) satisfies PostAnswer;

it.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [301, 'refused'],
  [400, 'refused'],
  [401, 'refused'],
  [404, 'refused'],
  [410, 'refused'],
  [408, 'failed'],
  [429, 'failed'],
  [500, 'failed'],
  [503, 'failed'],
])('[WHK-1] takes an answer of %i as %s', (status, kind) => {
  expect(judge(answered(status), now).kind).toBe(kind);
});

it('[WHK-1] tries again where nobody answered, and not where nothing could be asked', () => {
  expect(judge({ kind: 'unanswered', reason: 'connect ECONNREFUSED' }, now)).toEqual({
    kind: 'failed',
    reason: 'connect ECONNREFUSED',
    retryAfterMs: 0,
  });
  expect(judge({ kind: 'unsendable', reason: 'no JSON' }, now).kind).toBe('refused');
});

it.each([
  ['2', 2_000],
  ['0', 0],
  ['86400', 60_000],
  ['Thu, 01 Jan 2026 12:00:05 GMT', 5_000],
  ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
  ['soon', 0],
  ['-3', 0],
  ['', 0],
])('[WHK-4] reads Retry-After "%s" as %i ms', (retryAfter, retryAfterMs) => {
  expect(judge(answered(429, { retryAfter }), now)).toMatchObject({ retryAfterMs });
});

it('[WHK-5] names the host of a redirect, and nothing else of its address', () => {
  const location = 'https://user:pass@other.example.com:8443/path-secret?token=query-secret';
  const verdict = judge(answered(307, { location }), now);
  expect(verdict).toEqual({
    kind: 'refused',
    reason: 'answered 307, a redirect to other.example.com:8443',
  });
  expect(judge(answered(302, { location: '/elsewhere' }), now)).toMatchObject({
    reason: 'answered 302, a redirect to another path',
  });
});
