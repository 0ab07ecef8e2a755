import { createHash } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import type { OutgoingWebhook } from '../../actors/ports.ts';
import type { ServerKeys } from '../livekit/find-server.ts';

/** As in LiveKit's server (protocol/webhook/resource_url_notifier.go). */
const TOKEN_TTL = '5m';

/**
 * The body of a webhook: LiveKit's `WebhookEvent` as protobuf JSON (livekit_webhook.proto), and beside
 * its fields one more, `greenroom`, which readers of LiveKit's webhooks ignore.
 *
 * Names of events begin with `greenroom.`, so that one address can take LiveKit's webhooks, too.
 */
export const webhookBody = (
  id: string,
  { event, at, participant, data, job, seq }: OutgoingWebhook,
): string =>
  JSON.stringify({
    event: `greenroom.${event}`,
    room: { name: job.room.name, sid: job.room.sid },
    ...(participant && {
      participant: { identity: participant.identity, sid: participant.sid },
    }),
    id,
    // A 64-bit number, which protobuf writes as text.
    createdAt: String(Math.floor(at / 1000)),
    greenroom: {
      version: 1,
      agent: job.agent,
      jobId: job.jobId,
      dispatchId: job.dispatchId,
      at,
      seq,
      data,
    },
  });

/** The `Authorization` header: a token that carries the hash of the body, and is good for five minutes. */
export function signWebhook(body: string, { apiKey, apiSecret }: ServerKeys): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { ttl: TOKEN_TTL });
  token.sha256 = createHash('sha256').update(body).digest('base64');
  return token.toJwt();
}
