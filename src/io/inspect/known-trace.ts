import type { Alert } from '../../machines/events.ts';

/** A change of one actor's state. */
export type AlertTraceStep = {
  /** Milliseconds since the beginning of the log. */
  readonly t: number;
  /** Its path. */
  readonly actor: string;
  /** Type of the event that it took. */
  readonly event: string;
  /** The states that it left; absent where it started. */
  readonly from?: string;
  /** Those that it came to. */
  readonly to: string;
};

/**
 * Where in the event log of its job an alert comes from, and the last changes of state that led to it.
 * It stands as `trace` in the evidence of every alert that leaves a job. Paths name people.
 */
export type AlertTrace = {
  /** Name of the event log: the job's id. */
  readonly log: string;
  /** Epoch milliseconds of `t` = 0. */
  readonly startedAt: number;
  /** Of the first step. */
  readonly fromSeq: number;
  /** Of the stimulus with which the alert was told of last. */
  readonly toSeq: number;
  /** Oldest first; 16 at most. */
  readonly steps: readonly AlertTraceStep[];
  /** The states that these actors came to last, by path. */
  readonly states: Readonly<Record<string, string>>;
};

/** Parts what the agent said of an alert from where it comes from; null where nobody was there to trace it. */
export function partEvidence({ evidence }: Alert): {
  readonly said: Alert['evidence'];
  readonly trace: AlertTrace | null;
} {
  const { trace, ...said } = evidence;
  return isTrace(trace) ? { said, trace } : { said: evidence, trace: null };
}

/** What shows the moment of a trace on a terminal. */
export const lookUpCommand = ({ log, toSeq }: AlertTrace): string =>
  `greenroom replay greenroom-logs/*/${log}.1.jsonl --find seq:${toSeq}`;

// By hand: the page reads it, too, and carries no library for it.
const isTrace = (value: unknown): value is AlertTrace =>
  hasFields(value, { log: 'string', startedAt: 'number', fromSeq: 'number', toSeq: 'number' }) &&
  Array.isArray(value['steps']) &&
  value['steps'].every((step) =>
    hasFields(step, { t: 'number', actor: 'string', event: 'string', to: 'string' }),
  );

const hasFields = (
  value: unknown,
  fields: Readonly<Record<string, 'string' | 'number'>>,
): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(fields).every(([name, type]) => typeof Reflect.get(value, name) === type);
