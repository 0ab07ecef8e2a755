import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { JobEmitted, JobOffer, VitalsFact } from '../machines/worker/events.ts';
import type { WorkerEmitted } from '../machines/worker/worker.events.ts';
import { isAlertEmission } from './compose/job-alerts.ts';
import type { AnalysisOutcome } from './analysis/analysis-engine.ts';
import type { SessionsView } from './http/sessions-view.ts';
import {
  registerActorGauges,
  registerEventLogCounter,
  registerMediaGauge,
  registerMemoryGauges,
  registerSessionGauges,
  registerWebhookGauges,
  type QueuedWebhooks,
  registerWorkerGauges,
} from './metric-readings.ts';
import { greenroomVersion } from './version.ts';
import type { WebhookOutcome } from './webhooks/webhook-target.ts';

export type Metrics = {
  /** Counts what the worker's root emits. */
  readonly observe: (emitted: WorkerEmitted) => void;
  /** Counts what a job emits. */
  readonly observeJob: (offer: JobOffer, fact: JobEmitted) => void;
  readonly observeVitals: (vitals: VitalsFact) => void;
  /** Reads how many lines the event logs lost, from now on. */
  readonly watchEventLogs: (logs: { readonly droppedCount: number }) => void;
  /** Reads what the media stack holds, from now on. */
  readonly watchMedia: (media: { readonly heldCount: () => number }) => void;
  /** Reads how many actors there are, from now on. */
  readonly watchActors: (system: { readonly actorCount: number }) => void;
  /** A webhook was delivered to one target, or never will be. */
  readonly observeWebhook: (outcome: WebhookOutcome, delayMs: number) => void;
  /** Reads how many webhooks are still to be delivered, and how large they are, from now on. */
  readonly watchWebhooks: (webhooks: QueuedWebhooks) => void;
  /** An engine was asked about a conversation. */
  readonly observeAnalysis: (outcome: AnalysisOutcome) => void;
  /** An exception or rejection that belongs to no job. */
  readonly countFatalError: () => void;
  /** The text that Prometheus reads. */
  readonly render: () => Promise<string>;
  readonly contentType: string;
};

/**
 * The metrics of one worker, in a registry of its own.
 *
 * Base units; labels come from closed sets, never a room or identity. What can be looked at is read
 * from `view` when Prometheus asks, so that it never drifts; what happens is counted.
 */
export function createMetrics(view: () => SessionsView): Metrics {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'greenroom_info',
    help: 'Always 1; the label says which greenroom this is.',
    labelNames: ['version'],
    registers,
  }).set({ version: greenroomVersion }, 1);
  // A look allocates for every session there is: one serves all gauges of an answer, which are read
  // as soon as it is asked for.
  let shown: SessionsView | undefined;
  const read = (): SessionsView => shown ?? view();
  registerWorkerGauges(registry, read);
  registerSessionGauges(registry, read);
  registerMemoryGauges(registry);
  const counters = createCounters(registry);
  return {
    observe: (emitted) => count(counters, emitted),
    observeJob: ({ agent }, fact) => countAlert(counters, agent, fact),
    observeVitals: ({ eventLoopP99Ms }) => counters.eventLoopLag.set(eventLoopP99Ms / 1000),
    watchEventLogs: (logs) => registerEventLogCounter(registry, logs),
    watchMedia: (media) => registerMediaGauge(registry, media),
    watchActors: (system) => registerActorGauges(registry, system),
    observeWebhook: (outcome, delayMs) => {
      counters.webhooks.inc({ outcome });
      if (outcome === 'delivered') counters.webhookDelay.observe(delayMs / 1000);
    },
    watchWebhooks: (webhooks) => registerWebhookGauges(registry, webhooks),
    observeAnalysis: ({ engine, outcome, tookMs }) => {
      counters.analyses.inc({ engine, outcome });
      counters.analysisDuration.observe({ engine }, tookMs / 1000);
    },
    countFatalError: () => counters.fatalErrors.inc(),
    render: () => {
      shown = view();
      const text = registry.metrics();
      shown = undefined;
      return text;
    },
    contentType: registry.contentType,
  };
}

/** How long a join or dispatch takes, in seconds: the goal is 1.5 s for twenty at once. */
const joinBuckets = [0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 60];

/** The lexicon takes milliseconds, a model seconds. */
const analysisBuckets = [0.005, 0.02, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60];

function createCounters(registry: Registry) {
  const registers = [registry];
  return {
    offers: new Counter({
      name: 'greenroom_offers_total',
      help: 'Jobs offered by the server, by the answer and its reason.',
      labelNames: ['agent', 'answer', 'reason'],
      registers,
    }),
    reservationsExpired: new Counter({
      name: 'greenroom_reservations_expired_total',
      help: 'Accepted offers that were not followed by an assignment in time.',
      labelNames: ['agent'],
      registers,
    }),
    jobsEnded: new Counter({
      name: 'greenroom_jobs_ended_total',
      help: 'Jobs ended, by end reason.',
      labelNames: ['agent', 'reason'],
      registers,
    }),
    joins: new Counter({
      name: 'greenroom_joins_total',
      help: 'Rooms joined, and joins given up.',
      labelNames: ['agent', 'outcome'],
      registers,
    }),
    joinDuration: new Histogram({
      name: 'greenroom_join_duration_seconds',
      help: 'From the assignment of a job until its room was joined.',
      labelNames: ['agent'],
      buckets: joinBuckets,
      registers,
    }),
    dispatchLatency: new Histogram({
      name: 'greenroom_dispatch_latency_seconds',
      help: 'From the offer of a job until its room was joined.',
      labelNames: ['agent'],
      buckets: joinBuckets,
      registers,
    }),
    messagesRejected: new Counter({
      name: 'greenroom_messages_rejected_total',
      help: 'Messages of the server, or reports of jobs, that fit nothing and were ignored.',
      labelNames: ['agent'],
      registers,
    }),
    jobReportsLost: new Counter({
      name: 'greenroom_job_reports_lost_total',
      help: 'Statuses of jobs that could not be brought to the server.',
      labelNames: ['agent', 'status'],
      registers,
    }),
    alerts: new Counter({
      name: 'greenroom_alerts_total',
      help: 'Alerts of the jobs, by what was told of them: opened, updated or resolved.',
      labelNames: ['agent', 'severity', 'phase'],
      registers,
    }),
    analyses: new Counter({
      name: 'greenroom_analysis_total',
      help: 'Conversations that an engine was asked about, by what became of it.',
      labelNames: ['engine', 'outcome'],
      registers,
    }),
    analysisDuration: new Histogram({
      name: 'greenroom_analysis_duration_seconds',
      help: 'How long an engine took over a conversation, whatever became of it.',
      labelNames: ['engine'],
      buckets: analysisBuckets,
      registers,
    }),
    fatalErrors: new Counter({
      name: 'greenroom_fatal_errors_total',
      help: 'Exceptions and rejections that belong to no job.',
      registers,
    }),
    webhooks: new Counter({
      name: 'greenroom_webhooks_total',
      help: 'Webhooks, once for each target, by what became of them.',
      labelNames: ['outcome'],
      registers,
    }),
    webhookDelay: new Histogram({
      name: 'greenroom_webhook_delay_seconds',
      help: 'From what a webhook tells of until it was delivered, with all tries.',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
      registers,
    }),
    eventLoopLag: new Gauge({
      name: 'greenroom_event_loop_lag_p99_seconds',
      help: '99th percentile of the lag of the event loop over the last 10 s.',
      registers,
    }),
  };
}

function countAlert(
  counters: ReturnType<typeof createCounters>,
  agent: string,
  fact: JobEmitted,
): void {
  if (!isAlertEmission(fact)) return;
  const { severity } = fact.alert;
  counters.alerts.inc({ agent, severity, phase: phases[fact.type] });
}

const phases = {
  'job.alertOpened': 'opened',
  'job.alertUpdated': 'updated',
  'job.alertResolved': 'resolved',
} as const;

function count(counters: ReturnType<typeof createCounters>, emitted: WorkerEmitted): void {
  switch (emitted.type) {
    case 'offer.answered': {
      const { agent, answer, reason } = emitted;
      counters.offers.inc({ agent, answer, reason });
      break;
    }
    case 'reservation.expired':
      counters.reservationsExpired.inc({ agent: emitted.agent });
      break;
    case 'job.joined': {
      const { agent, offeredAt, assignedAt, joinedAt } = emitted;
      counters.joins.inc({ agent, outcome: 'joined' });
      counters.joinDuration.observe({ agent }, (joinedAt - assignedAt) / 1000);
      counters.dispatchLatency.observe({ agent }, (joinedAt - offeredAt) / 1000);
      break;
    }
    case 'job.ended': {
      const { agent, reason } = emitted;
      counters.jobsEnded.inc({ agent, reason });
      if (reason === 'join_failed') counters.joins.inc({ agent, outcome: 'failed' });
      break;
    }
    case 'job.reported': {
      const { agent, status, delivered } = emitted;
      if (!delivered) counters.jobReportsLost.inc({ agent, status });
      break;
    }
    case 'message.rejected':
      counters.messagesRejected.inc({ agent: emitted.agent });
      break;
    default:
  }
}
