import type { WebhookCommand } from '../machines/events.ts';
import { port, type PortLogic } from '../machines/slots.ts';

export type WebhooksDeps = {
  /** Never throws and never waits. */
  readonly send: (webhook: Omit<WebhookCommand, 'type'>) => void;
};

/** Hands a job's webhooks over; it hears nothing of what becomes of them. */
export function createWebhooksActor({
  send,
}: WebhooksDeps): PortLogic<Record<string, never>, WebhookCommand> {
  return port<Record<string, never>, never, WebhookCommand>(({ receive }) => {
    receive(({ event, at, participant, data, url }) => send({ event, at, participant, data, url }));
    return () => {};
  });
}
