import { statusOf } from './end-reason.logic.ts';

/**
 * What is wrong with a report of an agent's machine, or null. Users write their machines in
 * JavaScript too, where no type holds them to what job, log and metrics rely on.
 */
export function reportProblem(report: { readonly type: string }): string | null {
  const said: Said = report;
  switch (said.type) {
    case 'job.end':
      return isEndReason(said.reason) ? null : `"${String(said.reason)}" is no end reason`;
    case 'alert.opened':
    case 'alert.resolved':
      return isAlert(said.alert) ? null : `${said.type} came without a whole alert`;
    case 'health.changed':
      return isHealth(said.health) ? null : 'health.changed came without the four flags';
    case 'summary.made':
      return isObject(said.summary) ? null : 'summary.made came without a summary';
    default:
      return null;
  }
}

type Said = {
  readonly type: string;
  readonly reason?: unknown;
  readonly alert?: unknown;
  readonly health?: unknown;
  readonly summary?: unknown;
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isEndReason = (reason: unknown): boolean =>
  typeof reason === 'string' && Object.hasOwn(statusOf, reason);

const isAlert = (alert: unknown): boolean =>
  isObject(alert) &&
  'key' in alert &&
  typeof alert.key === 'string' &&
  'severity' in alert &&
  ['info', 'warning', 'critical'].some((severity) => severity === alert.severity) &&
  'message' in alert &&
  typeof alert.message === 'string' &&
  'openedAt' in alert &&
  Number.isFinite(alert.openedAt) &&
  (!('resolvedAt' in alert) || Number.isFinite(alert.resolvedAt)) &&
  'evidence' in alert &&
  isObject(alert.evidence);

const isHealth = (health: unknown): boolean =>
  isObject(health) &&
  ['active', 'speaking', 'poorQuality', 'suspect'].every(
    (flag) => typeof Reflect.get(health, flag) === 'boolean',
  );
