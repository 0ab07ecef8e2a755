import { isIP } from 'node:net';
import { codeOf, reasonOf } from '../error-reason.ts';
import { shownUrl } from '../webhooks/webhook-url.ts';
import { ok, type Check, type Finding } from './check.ts';
import type { NetworkWorld } from './server.checks.ts';

type WebhooksWorld = Pick<NetworkWorld, 'resolveHost' | 'connect'>;

const TIMEOUT_MS = 5_000;
const remedy =
  'Check that the target runs, that WEBHOOK_URLS names it, and that no firewall lies between.';

/** Whether each target of webhooks can be reached. Nothing is posted: it would look like an event. */
export const webhooksCheck = (urls: readonly string[], world: WebhooksWorld): Check => ({
  id: 'webhooks',
  timeoutMs: TIMEOUT_MS,
  timeoutRemedy: remedy,
  run: (signal) => reachAll(urls, world, signal),
});

async function reachAll(
  urls: readonly string[],
  world: WebhooksWorld,
  signal: AbortSignal,
): Promise<Finding> {
  if (urls.length === 0) return ok('none are sent (WEBHOOK_URLS is not set)');
  const found = await Promise.all(urls.map((url) => reach(url, world, signal)));
  const details = found.filter((problem) => problem !== null);
  if (details.length === 0) {
    const all = urls.length === 1 ? 'the target accepts' : `all ${urls.length} targets accept`;
    return ok(`${all} connections; nothing was posted`);
  }
  return {
    status: 'failed',
    found: `${details.length} of ${urls.length} targets cannot be reached`,
    details,
    remedy,
  };
}

/** Null where all is well. */
async function reach(
  url: string,
  { resolveHost, connect }: WebhooksWorld,
  signal: AbortSignal,
): Promise<string | null> {
  const { hostname: bracketed, port, protocol } = new URL(url);
  const hostname = bracketed.replace(/^\[|\]$/g, '');
  const where = shownUrl(url);
  try {
    if (isIP(hostname) === 0) await resolveHost(hostname);
    await connect(
      hostname,
      port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      signal,
    );
    return null;
  } catch (error) {
    if (signal.aborted) return `${where} does not answer within ${TIMEOUT_MS / 1_000} s (TCP)`;
    return codeOf(error) === 'ECONNREFUSED'
      ? `nothing listens on ${where}`
      : `${where} cannot be reached: ${reasonOf(error)}`;
  }
}
