import type { Alert, ConditionReport, EndReason } from '../events.ts';

export type ConditionMet = Extract<ConditionReport, { type: 'condition.met' }>;
export type ConditionGone = Extract<ConditionReport, { type: 'condition.gone' }>;

type Words = Pick<Alert, 'severity' | 'message' | 'evidence'>;

/** An alert that nobody was told of before. */
export const newAlert = (key: string, at: number, words: Words): Alert => {
  const { severity, message, evidence } = words;
  return { key, severity, message, openedAt: at, evidence };
};

/** The same alert with other words. */
export const updated = (alert: Alert, at: number, words: Words): Alert => {
  const { severity, message, evidence } = words;
  return { ...alert, severity, message, evidence, updatedAt: Math.max(at, alert.openedAt) };
};

/** `resolvedAt` is never before `openedAt`, although polls and facts tell of different moments. */
export const resolved = (alert: Alert, at: number): Alert => ({
  ...alert,
  resolvedAt: Math.max(at, alert.openedAt),
});

/**
 * Nobody saw the condition go: its job ended first. A job that ends knows no time; whoever hears of it
 * stamps it.
 */
export const endedWithJob = (alert: Alert, reason: EndReason): Alert => ({
  ...alert,
  evidence: { ...alert.evidence, ended: reason },
});

/** Whether somebody who knows one would learn something of the other. */
export const isSameWords = (a: Words, b: Words): boolean =>
  a.severity === b.severity &&
  a.message === b.message &&
  JSON.stringify(a.evidence) === JSON.stringify(b.evidence);
