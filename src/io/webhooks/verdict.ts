import type { PostAnswer } from './http-poster.ts';

/** What an answer means for the webhook. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** The target does not want it, and will not want it later. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Worth another try, where the target asks for it only after some time. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs: number };

/** A target that asks for more patience is asked again after this time. */
const MAX_RETRY_AFTER_MS = 60_000;

const REQUEST_TIMEOUT = 408;
const TOO_MANY_REQUESTS = 429;

/**
 * Reads the answer to a webhook (RFC 9110, sections 10.2.3 and 15; RFC 6585, section 4).
 *
 * Redirects are refusals: what is signed for one address is not carried to another.
 *
 * @param now epoch milliseconds, for a `Retry-After` that is a date.
 */
export function judge(answer: PostAnswer, now: number): Verdict {
  if (answer.kind === 'unsendable') return { kind: 'refused', reason: answer.reason };
  if (answer.kind === 'unanswered') {
    return { kind: 'failed', reason: answer.reason, retryAfterMs: 0 };
  }
  const { status, location } = answer;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status >= 300 && status < 400) {
    return { kind: 'refused', reason: `answered ${status}, a redirect to ${hostIn(location)}` };
  }
  const reason = `answered ${status}`;
  const isLasting =
    status >= 400 && status < 500 && status !== REQUEST_TIMEOUT && status !== TOO_MANY_REQUESTS;
  if (isLasting) return { kind: 'refused', reason };
  return { kind: 'failed', reason, retryAfterMs: readRetryAfter(answer.retryAfter, now) };
}

/** Its path or query may hold a secret. */
const hostIn = (location: string): string =>
  URL.canParse(location) ? new URL(location).host : 'another path';

function readRetryAfter(header: string, now: number): number {
  const givenMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(givenMs) ? 0 : Math.min(Math.max(0, givenMs), MAX_RETRY_AFTER_MS);
}
