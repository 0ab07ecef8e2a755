import { z } from 'zod';
import type { Alert } from '../../machines/events.ts';

const traceStep = z.object({
  /** Milliseconds since the beginning of the log. */
  t: z.number(),
  /** Path of the actor. */
  actor: z.string(),
  /** Type of the event that it took. */
  event: z.string(),
  /** The states that it left; absent where it started. */
  from: z.string().exactOptional(),
  /** Those that it came to. */
  to: z.string(),
});

const alertTrace = z.object({
  /** Name of the event log: the job's id. */
  log: z.string(),
  fromSeq: z.number(),
  /** Of the step in which the alert was told of last. */
  toSeq: z.number(),
  steps: z.array(traceStep),
  /** The states of the actors that it is about, by path, when it was opened or changed. */
  states: z.record(z.string(), z.string()),
});

export type AlertTraceStep = Readonly<z.infer<typeof traceStep>>;

/**
 * Where in the event log of its job an alert comes from, and the last changes of state that led to it.
 * It stands as `trace` in the evidence of every alert that leaves a job. Paths name people.
 */
export type AlertTrace = Omit<Readonly<z.infer<typeof alertTrace>>, 'steps'> & {
  /** Oldest first; 16 at most. */
  readonly steps: readonly AlertTraceStep[];
};

/** Parts what the agent said of an alert from where it comes from; null where nobody was there to trace it. */
export function partEvidence({ evidence }: Alert): {
  readonly said: Alert['evidence'];
  readonly trace: AlertTrace | null;
} {
  const { trace, ...said } = evidence;
  const read = alertTrace.safeParse(trace);
  return read.success ? { said, trace: read.data } : { said: evidence, trace: null };
}

/** What shows the moment of a trace on a terminal. */
export const lookUpCommand = ({ log, toSeq }: AlertTrace): string =>
  `greenroom replay greenroom-logs/*/${log}.1.jsonl --find seq:${toSeq}`;
