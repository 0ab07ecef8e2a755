import { z } from 'zod';

const alert = z.object({
  key: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  message: z.string(),
  openedAt: z.number(),
  updatedAt: z.number().exactOptional(),
  resolvedAt: z.number().exactOptional(),
  evidence: z.record(z.string(), z.unknown()),
});

/** What a root that is inspected emits of an alert. Users' agents open some, too: it is checked. */
export const alertEvent = z.object({
  type: z.enum(['job.alertOpened', 'job.alertUpdated', 'job.alertResolved']),
  alert,
});

/** What the context of a job's root has of alerts. */
export const jobContext = z.looseObject({ openAlerts: z.array(alert) });

export type AlertEvent = z.infer<typeof alertEvent>;
