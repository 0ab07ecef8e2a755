import { randomUUID } from 'node:crypto';
import type { Clock, WebhookSender } from '../../actors/ports.ts';
import { systemRandom } from '../clock.ts';
import type { ServerKeys } from '../livekit/find-server.ts';
import type { Logger } from '../logger.ts';
import { jsonMask } from '../mask-secrets.ts';
import type { ConnectionSettings, WorkerSettings } from '../settings.ts';
import { HttpPoster } from '../webhooks/http-poster.ts';
import { WebhookDispatcher, type WebhookListener } from '../webhooks/webhook-dispatcher.ts';
import { signWebhook, webhookBody } from '../webhooks/webhook-message.ts';

type WebhooksOptions = {
  readonly settings: ConnectionSettings & Pick<WorkerSettings, 'WEBHOOK_URLS'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onSettled: WebhookListener['onSettled'];
};

export type OpenWebhooks = {
  readonly sender: WebhookSender;
  /** Those that are still to be delivered. */
  readonly queuedCount: number;
  /** Of their bodies. */
  readonly queuedBytes: number;
  /** Gives what is queued 5 s to be delivered. */
  readonly close: () => Promise<void>;
};

const POST_TIMEOUT_MS = 10_000;
const FLUSH_MS = 5_000;

/** Webhooks to WEBHOOK_URLS, signed with the API key as LiveKit's server signs its own. */
export function openWebhooks({
  settings,
  clock,
  logger,
  onSettled,
}: WebhooksOptions): OpenWebhooks {
  const { LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret, WEBHOOK_URLS: urls } = settings;
  const keys: ServerKeys = { apiKey, apiSecret };
  const mask = jsonMask([apiSecret]);
  const poster = new HttpPoster({ clock, timeoutMs: POST_TIMEOUT_MS });
  const dispatcher = new WebhookDispatcher({
    urls,
    clock,
    random: systemRandom,
    newId: randomUUID,
    // Errors of others stand in it, too.
    encode: (id, webhook) => mask(webhookBody(id, webhook)),
    sign: (body) => signWebhook(body, keys),
    post: poster.post,
    listener: {
      onSettled,
      onTrouble: ({ target, reason, lost, queued }) =>
        logger.warn({ target, reason, ...lost, queued }, 'webhooks are not delivered'),
    },
  });
  return {
    sender: dispatcher,
    get queuedCount() {
      return dispatcher.queuedCount;
    },
    get queuedBytes() {
      return dispatcher.queuedBytes;
    },
    close: async () => {
      const dropped = await dispatcher.close(FLUSH_MS);
      poster.close();
      if (dropped > 0) logger.error({ dropped }, 'webhooks were dropped at the end');
    },
  };
}
