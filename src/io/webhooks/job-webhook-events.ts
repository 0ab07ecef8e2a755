/** The webhooks that every job sends, whatever its agent is: receivers trust these names. */
export const jobWebhookEvents = [
  'session_started',
  'session_summary',
  'session_ended',
  'alert_opened',
  'alert_updated',
  'alert_resolved',
] as const;

export type JobWebhookEvent = (typeof jobWebhookEvents)[number];
