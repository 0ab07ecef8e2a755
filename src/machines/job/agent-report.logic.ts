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
    case 'alert.updated':
    case 'alert.resolved':
      return isAlert(said.alert) ? null : `${said.type} came without a whole alert`;
    case 'condition.met':
      return isCondition(said) ? null : 'condition.met came without a whole condition';
    case 'condition.gone':
      return isKey(said.key) && Number.isFinite(said.at)
        ? null
        : 'condition.gone came without key and time';
    case 'health.changed':
      return isHealth(said.health) ? null : 'health.changed came without the four flags';
    case 'figures.reported':
      return isObject(said.figures) ? null : 'figures.reported came without figures';
    case 'summary.made':
      return isObject(said.summary) ? null : 'summary.made came without a summary';
    default:
      return null;
  }
}

type Said = {
  readonly type: string;
  readonly reason?: unknown;
  readonly at?: unknown;
  readonly key?: unknown;
  readonly severity?: unknown;
  readonly message?: unknown;
  readonly evidence?: unknown;
  readonly openAfterMs?: unknown;
  readonly resolveAfterMs?: unknown;
  readonly alert?: unknown;
  readonly health?: unknown;
  readonly figures?: unknown;
  readonly summary?: unknown;
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isEndReason = (reason: unknown): boolean =>
  typeof reason === 'string' && Object.hasOwn(statusOf, reason);

const isSeverity = (given: unknown): boolean =>
  ['info', 'warning', 'critical'].some((severity) => severity === given);

const isCondition = (said: Said): boolean =>
  isKey(said.key) &&
  isSeverity(said.severity) &&
  typeof said.message === 'string' &&
  isObject(said.evidence) &&
  Number.isFinite(said.at) &&
  isWait(said.openAfterMs ?? 0) &&
  isWait(said.resolveAfterMs ?? 0);

/** The key of a condition becomes the id of an actor. */
const MAX_KEY_LENGTH = 512;
/** Of a timer, which fires at once where it is told more: 24 days. */
const MAX_WAIT_MS = 2 ** 31 - 1;

const isKey = (key: unknown): boolean =>
  typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH;

const isWait = (waitMs: unknown): boolean =>
  typeof waitMs === 'number' && waitMs >= 0 && waitMs <= MAX_WAIT_MS;

const isAlert = (alert: unknown): boolean =>
  isObject(alert) &&
  'key' in alert &&
  typeof alert.key === 'string' &&
  'severity' in alert &&
  isSeverity(alert.severity) &&
  'message' in alert &&
  typeof alert.message === 'string' &&
  'openedAt' in alert &&
  Number.isFinite(alert.openedAt) &&
  (!('updatedAt' in alert) || Number.isFinite(alert.updatedAt)) &&
  (!('resolvedAt' in alert) || Number.isFinite(alert.resolvedAt)) &&
  'evidence' in alert &&
  isObject(alert.evidence);

const isHealth = (health: unknown): boolean =>
  isObject(health) &&
  ['active', 'speaking', 'poorQuality', 'suspect'].every(
    (flag) => typeof Reflect.get(health, flag) === 'boolean',
  );
