import type { EventObject } from 'xstate';
import type { Clock } from '../../actors/ports.ts';
import { conditionActorId } from '../../machines/alerts/alerts.machine.ts';
import type { Alert } from '../../machines/events.ts';
import type { JobEmission } from '../../machines/job/job.machine.ts';
import { asInPath } from '../event-log/recorded-actors.ts';
import type { Recorder } from '../event-log/recorder.ts';
import type { StateStep } from '../event-log/state-trail.ts';
import type { AlertTrace, AlertTraceStep } from '../inspect/known-trace.ts';
import { stateLeaves } from '../replay/state-leaves.ts';

export type AlertEmission = Extract<JobEmission, { readonly alert: Alert }>;

type JobAlertsOptions = {
  readonly recorder: Pick<Recorder, 'seq' | 'trail'>;
  /** Name of the event log. */
  readonly log: string;
  /** Epoch milliseconds of its beginning. */
  readonly startedAt: number;
  readonly clock: Pick<Clock, 'now'>;
};

const MAX_STEPS = 16;
/** As JSON: an alert goes into logs, webhooks and the memory of whoever looks. */
const MAX_TRACE_LENGTH = 4_096;

/**
 * The alerts of one job as they leave it: with the trace of what led to them, and with the time where
 * they end with their job.
 */
export class JobAlerts {
  readonly #options: JobAlertsOptions;
  readonly #open = new Map<string, Alert>();
  /** What has left in the place of what the job emitted: two ask for each. */
  readonly #outgoing = new WeakMap<EventObject, AlertEmission>();

  /** @param open those of a job that goes on from its log. */
  constructor(options: JobAlertsOptions, open: readonly Alert[]) {
    this.#options = options;
    for (const alert of open) this.#open.set(alert.key, alert);
  }

  /** Oldest first. */
  get open(): readonly Alert[] {
    return [...this.#open.values()];
  }

  /** What leaves the job in the place of what its root emits, at that moment. */
  outgoing(emitted: AlertEmission): AlertEmission {
    const known = this.#outgoing.get(emitted);
    if (known) return known;
    const outgoing = this.#complete(emitted);
    this.#outgoing.set(emitted, outgoing);
    return outgoing;
  }

  #complete({ type, alert }: AlertEmission): AlertEmission {
    const { key, evidence } = alert;
    const { recorder, clock } = this.#options;
    if (type !== 'job.alertResolved') {
      const trace = this.#trace(alert);
      const traced = { ...alert, evidence: { ...evidence, trace } };
      this.#open.set(key, traced);
      return { type, alert: traced };
    }
    const opened = this.#open.get(key)?.evidence['trace'];
    this.#open.delete(key);
    // What led to it is told to the end; the slice of the log reaches until now.
    const trace = typeof opened === 'object' ? { ...opened, toSeq: recorder.seq } : undefined;
    const { resolvedAt = clock.now() } = alert;
    return {
      type,
      alert: { ...alert, resolvedAt, evidence: { ...evidence, ...(trace && { trace }) } },
    };
  }

  #trace(alert: Alert): AlertTrace {
    const { recorder, log, startedAt } = this.#options;
    const isAbout = actorsOf(alert);
    let steps = recorder.trail.latest(isAbout, MAX_STEPS);
    for (;;) {
      const [first = { seq: recorder.seq }] = steps;
      const trace = {
        log,
        startedAt,
        fromSeq: first.seq,
        toSeq: recorder.seq,
        steps: steps.map(stepOf),
        states: statesAfter(steps),
      };
      if (steps.length === 0 || JSON.stringify(trace).length <= MAX_TRACE_LENGTH) return trace;
      steps = steps.slice(1);
    }
  }
}

export const isAlertEmission = (event: EventObject): event is AlertEmission =>
  event.type.startsWith('job.alert') && 'alert' in event;

/**
 * Whether an actor is one that an alert is about: the job, its agent, the condition itself, and below
 * the agent whoever follows the participant of the evidence; all of them where it names nobody.
 */
function actorsOf({ key, evidence }: Alert): (path: string) => boolean {
  const { identity } = evidence;
  const own = typeof identity === 'string' ? `:${asInPath(identity)}` : null;
  const condition = asInPath(conditionActorId(key));
  return (path) => {
    const [, area, ...below] = path.split('/');
    if (area === 'alerts') return below[0] === condition;
    if (area !== undefined && area !== 'agent') return false;
    return own === null || below.length === 0 || below.some((id) => id.endsWith(own));
  };
}

/** What was left and what was entered; the regions that stayed as they were say nothing. */
function stepOf({ t, path, event, from, to }: StateStep): AlertTraceStep {
  const before = from === undefined ? [] : stateLeaves(from);
  const after = stateLeaves(to);
  const left = before.filter((leaf) => !after.includes(leaf));
  const entered = after.filter((leaf) => !before.includes(leaf));
  return {
    ...{ t, actor: path, event },
    ...(from !== undefined && { from: left.join(', ') }),
    to: entered.join(', '),
  };
}

const statesAfter = (steps: readonly StateStep[]): AlertTrace['states'] =>
  Object.fromEntries(steps.map(({ path, to }) => [path, stateLeaves(to).join(', ')]));
