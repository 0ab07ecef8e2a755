import { Counter, Gauge, type Registry } from 'prom-client';
import type { ConnectionState, FullReason } from '../machines/worker/connection.events.ts';
import type { SessionsView } from './http/sessions-view.ts';

/** The metrics that are read when Prometheus asks, and so never drift from what they tell of. */

const connectionStates = {
  connecting: true,
  registering: true,
  available: true,
  full: true,
  draining: true,
  backoff: true,
  stopped: true,
  failed: true,
} as const satisfies Record<ConnectionState, true>;

const fullReasons = {
  draining: true,
  max_rss: true,
  max_jobs_total: true,
  at_capacity: true,
  event_loop_lag: true,
} as const satisfies Record<FullReason, true>;

export function registerWorkerGauges(registry: Registry, view: () => SessionsView): void {
  const registers = [registry];
  new Gauge({
    name: 'greenroom_connection_state',
    help: '1 for the state that the connection of an agent is in, 0 for all others.',
    labelNames: ['agent', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { agent, state } of view().worker.connections) {
        for (const each of Object.keys(connectionStates)) {
          this.set({ agent, state: each }, each === state ? 1 : 0);
        }
      }
    },
  });
  new Gauge({
    name: 'greenroom_jobs',
    help: 'Jobs that run now.',
    registers,
    collect() {
      this.set(view().worker.jobs);
    },
  });
  new Gauge({
    name: 'greenroom_jobs_limit',
    help: 'How many jobs may run at once.',
    registers,
    collect() {
      this.set(view().worker.maxJobs);
    },
  });
  new Gauge({
    name: 'greenroom_full',
    help: '1 for the reason for which no more jobs are taken, 0 for all others.',
    labelNames: ['reason'],
    registers,
    collect() {
      const { fullReason } = view().worker;
      for (const reason of Object.keys(fullReasons)) {
        this.set({ reason }, reason === fullReason ? 1 : 0);
      }
    },
  });
  new Gauge({
    name: 'greenroom_load_ratio',
    help: 'The load reported to the server, 0 to 1.',
    registers,
    collect() {
      this.set(view().worker.load);
    },
  });
}

export function registerSessionGauges(registry: Registry, view: () => SessionsView): void {
  const registers = [registry];
  new Gauge({
    name: 'greenroom_sessions',
    help: 'Sessions by agent and state; of the ended ones those that are still shown.',
    labelNames: ['agent', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { agent, state } of view().sessions) this.inc({ agent, state });
    },
  });
  new Gauge({
    name: 'greenroom_tracks',
    help: 'Tracks of the sessions that have not ended.',
    labelNames: ['agent', 'kind'],
    registers,
    collect() {
      this.reset();
      for (const { agent, tracks, endReason } of view().sessions) {
        if (endReason !== null) continue;
        for (const { kind } of tracks) this.inc({ agent, kind });
      }
    },
  });
  new Gauge({
    name: 'greenroom_alerts_open',
    help: 'Alerts open in the sessions that have not ended.',
    labelNames: ['agent', 'severity'],
    registers,
    collect() {
      this.reset();
      for (const { agent, alerts } of view().sessions) {
        for (const { severity } of alerts) this.inc({ agent, severity });
      }
    },
  });
}

export function registerEventLogCounter(
  registry: Registry,
  logs: { readonly droppedCount: number },
): void {
  new Counter({
    name: 'greenroom_event_log_lines_dropped_total',
    help: 'Lines that did not come into their event logs.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(logs.droppedCount);
    },
  });
}

export type QueuedWebhooks = { readonly queuedCount: number; readonly queuedBytes: number };

export function registerWebhookGauges(registry: Registry, webhooks: QueuedWebhooks): void {
  new Gauge({
    name: 'greenroom_webhooks_queued',
    help: 'Webhooks that are still to be delivered, once for each target.',
    registers: [registry],
    collect() {
      this.set(webhooks.queuedCount);
    },
  });
  new Gauge({
    name: 'greenroom_webhooks_queued_bytes',
    help: 'Size of the webhooks that are still to be delivered, once for each target.',
    registers: [registry],
    collect() {
      this.set(webhooks.queuedBytes);
    },
  });
}

export function registerMediaGauge(
  registry: Registry,
  media: { readonly heldCount: () => number },
): void {
  new Gauge({
    name: 'greenroom_media_handles',
    help: 'Rooms, audio streams and listeners of the media stack; 0 where no job runs.',
    registers: [registry],
    collect() {
      this.set(media.heldCount());
    },
  });
}

export function registerActorGauges(
  registry: Registry,
  system: { readonly actorCount: number },
): void {
  const registers = [registry];
  new Gauge({
    name: 'greenroom_actors',
    help: 'Actors of the worker and of its jobs that have not ended.',
    registers,
    collect() {
      this.set(system.actorCount);
    },
  });
  new Gauge({
    name: 'greenroom_timers',
    help: 'Timers of the process that are still to fire.',
    registers,
    collect() {
      this.set(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);
    },
  });
}

export function registerMemoryGauges(registry: Registry): void {
  const gauge = (name: string, help: string, read: (memory: NodeJS.MemoryUsage) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read(process.memoryUsage()));
      },
    });
  gauge('greenroom_resident_memory_bytes', 'Resident memory of the process.', ({ rss }) => rss);
  gauge('greenroom_heap_bytes', 'Memory of the JavaScript heap.', ({ heapTotal }) => heapTotal);
  gauge(
    'greenroom_heap_used_bytes',
    'What is in use of the JavaScript heap, with what the next collection frees.',
    ({ heapUsed }) => heapUsed,
  );
  gauge(
    'greenroom_native_memory_bytes',
    'Resident memory that is not the JavaScript heap: mostly the native media stack.',
    ({ rss, heapTotal }) => Math.max(0, rss - heapTotal),
  );
}
