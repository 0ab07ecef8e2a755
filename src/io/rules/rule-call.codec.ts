import { z } from 'zod';
import type { RuleFunctions } from '../../actors/ports.ts';
import type { RuleCallContext } from './define-config.ts';

const alertSchema = z.looseObject({
  key: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  message: z.string(),
  openedAt: z.number(),
  evidence: z.record(z.string(), z.unknown()),
});

const becauseSchema = z.looseObject({
  type: z.string(),
  alert: alertSchema.optional(),
  participant: z
    .object({ identity: z.string(), sid: z.string(), name: z.string(), kind: z.string() })
    .optional(),
});

const changes = {
  'alert.opened': 'opened',
  'alert.updated': 'updated',
  'alert.resolved': 'resolved',
} as const;

/**
 * What a function of the configuration is called with, out of what its rule was waiting for: copies, since
 * what a function changes would change in the contexts of machines, and in no replay.
 */
export function toCallContext(
  given: Parameters<RuleFunctions['call']>[0],
  signal: AbortSignal,
): RuleCallContext {
  const { because, job } = structuredClone(given);
  const { type, alert, participant = null } = becauseSchema.parse(because);
  const change = Object.entries(changes).find(([name]) => name === type)?.[1];
  return {
    fact: change ? null : because,
    alert: change && alert ? { ...alert, change } : null,
    participant,
    job,
    signal,
  };
}
