import type { WebhookCommand } from '../machines/events.ts';
import type { JobInfo } from '../machines/job/job.events.ts';
import { port, type PortLogic } from '../machines/slots.ts';
import type { WebhookSender } from './ports.ts';

export type WebhooksDeps = { readonly webhooks: WebhookSender; readonly job: JobInfo };

/** Hands a job's webhooks over; it hears nothing of what becomes of them. */
export function createWebhooksActor({
  webhooks,
  job,
}: WebhooksDeps): PortLogic<Record<string, never>, WebhookCommand> {
  return port<Record<string, never>, never, WebhookCommand>(({ receive }) => {
    receive(({ event, at, participant, data, url }) =>
      webhooks.send({ event, at, participant, data, url, job }),
    );
    return () => {};
  });
}
